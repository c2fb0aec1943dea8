# SPDX-License-Identifier: Apache-2.0
# A release that drops a service and adds another, and the way back: what is gone is gone, what came stays out of the way.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
sources 1.1.0
# The store leaves; a queue with state of its own and a second blue-green service come.
sed -i -e 's/^  store:/  queue:/' -e 's/store/queue/g' -e 's/8081/8082/' "$author/bundle.yaml"
sed -i 's/^cutover:/  side:\n    run: ["{{ bin }}\/serve", serve, side, "{{ listen.http }}"]\n    ports: { http: { port: 8090, expose: host } }\n&/' "$author/bundle.yaml"
bundle create v1.1.0 --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || { cat "$work/create.log" && die create; }
mv "$author/pond-1.1.0-amd64.bundle" "$stick/"
ready adds bookworm
install_release 1.0.0
serves 1.0.0

# units: the services of the product that run, sorted.
units() { "$host" run "$h" -- systemctl list-units --plain --no-legend --state=running 'pond.*' | awk '{print $1}' | sort | xargs; }
[ "$(units)" = "pond.store.service pond.web.blue.service" ] || die "runs: $(units)"
install_release 1.1.0
[ "$(units)" = "pond.queue.service pond.side.green.service pond.web.green.service" ] || die "runs: $(units)"
[ "$(answer http://192.0.2.1:8082/)" = queue-1.1.0 ] || die "the queue does not answer"
case $(answer http://192.0.2.1:8081/) in store-*) die "the store still answers" ;; esac
case $(answer http://192.0.2.1:8090/) in side) die "a host port answers another machine" ;; esac
[ "$("$host" run "$h" -- test -e /etc/systemd/system/pond.store.service || echo gone)" = gone ] || die "the store's unit stays"
status 0 on status
status 0 on rollback --yes
serves 1.0.0
[ "$(units)" = "pond.store.service pond.web.blue.service" ] || die "runs: $(units)"
status 0 on remove pond --yes
[ -z "$(units)" ] || die "runs: $(units)"
[ "$("$host" run "$h" -- nft list tables)" = "" ] || die "rules stay: $("$host" run "$h" -- nft list tables)"
[ -z "$("$host" run "$h" -- sh -c 'ls /etc/systemd/system | grep ^pond' || true)" ] || die "units stay"
say "services come and go with their releases, and with the way back"
