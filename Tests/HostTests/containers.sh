# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Images whose programs bind to fixed ports, beside a program of the host: sourced by one case for each Debian release and
# container runtime, which sets $suite and $runtime. Real programs: redis (one writer, state), NATS (blue-green), perl in an image and on the host.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../runtime.sh"
bay=$tests/bay
mkdir -p "$author"/{keys,images,share}
for image in redis nats perl; do "$bay/image" $image "$author/images/$image.tar"; done
cp "$bay/server.pl" "$author/share/"
echo 'protected-mode no
appendonly yes
dir /data
save ""' >"$author/store.conf"
bundle key generate -o keys/pond.key --no-password >/dev/null

# ship VERSION STORE: the release; STORE is a figure in the store's arguments, so that a test can have it replaced or kept.
ship() {
    cat >"$author/bundle.yaml" <<END
spec: 1
name: bay
arch: [amd64]
files: [ { from: share, to: bay } ]
images: { redis: { archive: images/redis.tar }, nats: { archive: images/nats.tar }, perl: { archive: images/perl.tar } }
secrets: { TOKEN: { required: true } }
config: { store.conf: { template: store.conf } }
services:
  store:
    image: redis
    args: ["{{ config }}/store.conf", --maxclients, "$2"]
    user: "5999:5998"
    config: [store.conf]
    state: { data: /data }
    ports: { redis: { port: 6379, container: 6379, expose: host } }
    health: [ { exec: [redis-cli, ping] }, { tcp: redis } ]
    hold: 20s
    stop: { signal: SIGTERM, timeout: 8s }
  queue:
    image: nats
    args: [-a, 0.0.0.0, -p, "4222", -m, "8222", -n, queue-$1]
    ports:
      client: { expose: slot, container: 4222 }
      monitor: { port: 8222, container: 8222, expose: public }
    health: [ { http: monitor, path: /healthz } ]
  api:
    run: [/usr/bin/perl, "{{ share }}/bay/server.pl", api-$1, "{{ listen.http }}", "redis={{ address.store.redis }}", "nats={{ address.queue.client }}"]
    after: [store, queue]
    ports: { http: { port: 8080, expose: slot } }
  front:
    image: perl
    args: ["{{ share }}/bay/server.pl", front-$1, "any:80", "http={{ address.api.http }}", "redis={{ address.store.redis }}"]
    secrets: [TOKEN]
    after: [api]
    ports: { http: { port: 80, container: 80, expose: public } }
    health: [ { http: http, path: /, body: "counted" } ]
cutover: { health-timeout: 30s, bake: 2s, drain: 5s }
END
    bundle pin >/dev/null
    bundle create "v$1" --key keys/pond.key --codec zstd:3 >"$work/create.log" 2>&1 || { cat "$work/create.log" && die "create v$1"; }
    mv "$author/bay-$1-amd64.bundle" "$stick/"
}
upgrade() { status 0 on install "/media/stick/bay-$1-amd64.bundle" --yes; }

# says VERSION: what remote clients of both families read: every service of that version, their own address, the secret.
says() {
    local at client
    while read -r at client; do
        said=$(answer "http://$at:80/")
        case $said in
        "front-$1 sees $client secret hush (api-$1 sees "*" counted "*" queue queue-$1) counted "*) ;;
        *) die "front at $at: $said" ;;
        esac
    done <<END
192.0.2.1 192.0.2.2
[2001:db8::1] 2001:db8::2
END
    # It was told an IPv4 address, so there it is.
    [ "$(answer "http://192.0.2.1:8222/varz" | jq -r .server_name)" = "queue-$1" ] || die "the queue: $(answer "http://192.0.2.1:8222/varz")"
}
# writable: whether the program of the front, which is nobody's user, has its temporary directories, also where the image has
# one of its own that is root's.
writable() {
    local front
    front=$("$host" run "$h" -- systemctl list-units --plain --no-legend 'bay.front.*.service' | awk 'NR == 1 { sub(".service", "", $1); print $1 }')
    "$host" run "$h" -- $inside "$front" perl -e 'for (@ARGV) { open(my $file, ">", "$_/bundle-test") or die "$_: $!\n" }' /tmp /run /var/tmp ||
        die "a temporary directory of $front is not writable"
}
counted() { "$host" run "$h" -- $inside bay.store redis-cli --raw get requests; }
unit() { "$host" run "$h" -- systemctl show -p "$2" --value "$1"; }

load_begins() {
    "$host" client "$h" -- "$load" --retry --workers 2 --mode both --pause 5 http://192.0.2.1:80/ http://192.0.2.1:8222/healthz >"$work/remote" &
    loading=($!)
    "$host" net "$h" -- "$load" --retry --workers 1 --mode both --pause 5 http://127.0.0.1:80/ http://127.0.0.1:8222/healthz >"$work/local" &
    loading+=($!)
    background+=("${loading[@]}")
    sleep 0.5
}
load_ends() {
    kill "${loading[@]}"
    wait "${loading[@]}" || true
    requests=$(jq -s 'map(.requests) | add' "$work/remote" "$work/local")
    slowest=$(jq -s '[.[].targets[].max_ms] | max | floor' "$work/remote" "$work/local")
    [ "$(jq -s 'map(.failed) | add' "$work/remote" "$work/local")" = 0 ] || { cat "$work/remote" "$work/local" && die "requests failed"; }
}
under_load() {
    load_begins
    "$@"
    load_ends
    say "$*: 0 of $requests requests failed, slowest $slowest ms"
}
# open ADDRESS…: what a neighbour's scan of every port finds.
open() { "$host" client "$h" -- "$load" scan --timeout 25 "$@" 2>/dev/null | sort -u | xargs; }

ship 1.0.0 900
ship 1.1.0 900
ship 1.2.0 800
ready "$suite-$runtime" "$suite-$runtime"
"$host" run "$h" -- sh -c 'mkdir -p /etc/bay/secrets && echo hush >/etc/bay/secrets/TOKEN && chmod 600 /etc/bay/secrets/TOKEN'

upgrade 1.0.0
says 1.0.0
for name in store queue.blue front.blue; do
    status 0 "$host" run "$h" -- systemd-analyze verify "/etc/systemd/system/bay.$name.service"
    [ -z "$said" ] || die "systemd-analyze verify bay.$name.service: $said"
    [ "$("$host" run "$h" -- sh -c "cat /proc/$(unit bay.$name.service MainPID)/comm")" = "$main" ] || die "bay.$name: $main is not its main process"
done
"$host" run "$h" -- sh -c 'stat -c "%u:%g %a" /var/lib/bay/store/data' | grep -qx '5999:5998 700' || die "the state's owner"
[ "$("$host" run "$h" -- sh -c 'journalctl -o cat -u bay.front.blue.service -t bay.front | grep -c "serves at any:80"')" -ge 1 ] || die "no line of the front in the journal"
writable
say "containers and a program reach each other, IPv4 and IPv6 clients reach them; units are clean, state is its user's"

store=$(unit bay.store.service InvocationID)
before=$(counted)
under_load upgrade 1.1.0
says 1.1.0
[ "$(unit bay.store.service InvocationID)" = "$store" ] || die "the store was restarted"
under_load upgrade 1.2.0
says 1.2.0
[ "$(unit bay.store.service InvocationID)" != "$store" ] || die "the store was not replaced"
[ "$(counted)" -gt "$before" ] || die "the store lost what it had: $(counted), $before before"

[ "$(open 192.0.2.1 2001:db8::1)" = '192.0.2.1 80 192.0.2.1 8222 2001:db8::1 80' ] || die "open: $(open 192.0.2.1 2001:db8::1)"
unwatched
"$host" run "$h" -- nft flush ruleset
[ -z "$(open 192.0.2.1 2001:db8::1)" ] || die "open with the rules flushed: $(open 192.0.2.1 2001:db8::1)"
status 0 on recover
says 1.2.0
say "a neighbour's scan finds the public ports and no other, with the rules flushed none"

pid=$("$host" run "$h" -- sh -c "cat $(group bay.front.blue)/cgroup.procs | tail -n 1")
"$host" run "$h" -- sh -c "kill -9 $pid"
for _ in $(seq 50); do case $(answer http://192.0.2.1:80/) in front-1.2.0*) break ;; esac && sleep 0.2; done
says 1.2.0
[ "$(unit bay.front.blue.service NRestarts)" = 1 ] || die "systemd has not restarted it"
under_load status 0 on rollback --yes
says 1.1.0

"$host" reboot "$h"
for _ in $(seq 100); do case $(answer http://192.0.2.1:80/) in *"counted"*"counted"*) break ;; esac && sleep 0.2; done
says 1.1.0
[ "$(counted)" -gt "$before" ] || die "the store came back empty"
say "killed, it is restarted; after the rollback and a reboot all of it serves, with its data"

"$host" run "$h" -- sh -c 'echo "anna:x:5999:5998::/home/anna:/bin/sh" >>/etc/passwd'
status 1 on install /media/stick/bay-1.2.0-amd64.bundle --yes
has 'asks for user 5999, which is anna on this host'
"$host" run "$h" -- sed -i '/^anna:/d' /etc/passwd
status 0 on remove bay --data --yes
nothing_stays
