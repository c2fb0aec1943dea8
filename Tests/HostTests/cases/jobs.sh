# SPDX-License-Identifier: Apache-2.0
# Jobs at every moment, what their failure undoes, the point of no return; services by condition; ports for networks.
. "$(dirname "$0")/../lib.sh"
cat >"$work/job" <<'END'
#!/bin/bash
# job VERB [ARGUMENT]…: says what it did, as a migration would.
echo "job $* for $(id -un)"
case $1 in
mark) echo "$2" >>"$3/marks" ;;
slow) touch "$2/changing-$3" && sleep 3 && touch "$2/changed-$3" ;;
get) # The server keeps the connection, so the answer is what comes in half a second.
    exec 3<>"/dev/tcp/${2%:*}/${2##*:}" && printf 'GET / HTTP/1.1\r\nHost: pond\r\n\r\n' >&3
    IFS= read -r -d '' -t 0.5 answer <&3
    [[ $answer = *"$3"* ]] ;;
fail) echo "the ledger has a gap" >&2 && exit 7 ;;
esac
END
chmod 755 "$work/job"
# JOBS has the release's own; AFTER what the web waits for; MORE further services.
amend() {
    cp "$work/job" "$author/bin/job"
    sed -i -e 's/^binaries: .*/binaries: [ { from: bin\/serve, as: serve }, { from: bin\/job, as: job } ]/' \
        -e "s/^    after: \[store\]/    after: [store${AFTER:-}]/" "$author/bundle.yaml"
    awk -v more="${MORE:-}" '/^cutover:/ { print more } { print }' "$author/bundle.yaml" >"$work/spec"
    { cat "$work/spec" && printf '%s\n' "${JOBS:-}"; } >"$author/bundle.yaml"
}
once='  schema: { like: store, run: ["{{ bin }}/job", mark, "{{ version }}", "{{ state.data }}"], at: start, after: [store], once: a, data: expand }'
smoke='  smoke: { run: ["{{ bin }}/job", get, "{{ address.web.http }}", "web-{{ version }}"], at: [idle, public] }'
AFTER=', schema' JOBS="jobs:
$once
$smoke" pack 1.0.0
JOBS="jobs:
$once
$smoke
  move: { like: store, run: [\"{{ bin }}/job\", mark, moved, \"{{ state.data }}\"], at: held, once: m, data: expand }" STORE=1.0.0 pack 1.1.0
JOBS='jobs: { bad: { like: store, run: ["{{ bin }}/job", fail], at: held } }' pack 1.2.0
JOBS='jobs: { bad: { run: ["{{ bin }}/job", fail], at: public } }' pack 1.3.0
JOBS='jobs: { bad: { run: ["{{ bin }}/job", fail], at: start } }' pack 1.4.0
JOBS='jobs: { convert: { like: store, run: ["{{ bin }}/job", slow, "{{ state.data }}", c], at: held, once: c, data: irreversible } }' pack 2.0.0
JOBS='jobs: { convert: { like: store, run: ["{{ bin }}/job", slow, "{{ state.data }}", d], at: held, once: d, data: irreversible } }' pack 2.0.1
ready jobs bookworm
marks() { "$host" run "$h" -- cat /var/lib/pond/store/data/marks | xargs; }

install_release 1.0.0
has "job schema (start) done" "job smoke (idle) done" "job smoke (public) done"
[ "$(marks)" = 1.0.0 ] || die "the schema job left: $(marks)"
status 0 on history pond
has "schema" "smoke"
status 0 "$host" run "$h" -- journalctl --no-pager -q -u 'pond.schema.start.*'
has "job mark 1.0.0" "for _pond"

load_begins
install_release 1.1.0
# Nothing of the store changed, but its job wants it stopped; `once` keeps the first job from running again.
[ "$(marks)" = "1.0.0 moved" ] || die "the jobs left: $(marks)"
for wrong in 1.2.0:held 1.3.0:public 1.4.0:start; do
    status 4 on install "/media/stick/pond-${wrong%:*}-amd64.bundle" --yes
    has "job bad (at ${wrong#*:}) failed: exit status 7" "the ledger has a gap"
    serves 1.1.0 1.0.0
done
load_ends
say "good and bad jobs under $requests requests, 0 failed; longest wait $longest_green ms, held $longest_held ms"
status 0 on status

# Killed while a job changes data for good: there is only the way forward, and recovery takes it by itself.
status 0 on plan /media/stick/pond-2.0.0-amd64.bundle
has "go back   none from job convert"
cat >"$work/strike" <<'END'
#!/bin/sh
for _ in $(seq 3000); do
    if [ -e /var/lib/pond/store/data/changing-c ]; then
        for exe in /proc/[0-9]*/exe; do
            [ "$(readlink "$exe")" = /usr/lib/bundle/bundle ] && kill -9 "$(echo "$exe" | cut -d / -f 3)"
        done
        echo struck
        exit 0
    fi
    sleep 0.01
done
END
chmod 755 "$work/strike" && "$host" put "$h" "$work/strike" /root/strike
"$host" run "$h" -- /root/strike >"$work/struck" &
striking=$!
background+=("$striking")
on install /media/stick/pond-2.0.0-amd64.bundle --yes >"$work/install" 2>&1 && die "the installer was to be killed"
wait $striking
grep -q struck "$work/struck" || { cat "$work/install" && die "there was no job to strike in"; }
for _ in $(seq 80); do
    [ "$(answer http://192.0.2.1:8081/)" = store-2.0.0 ] && break
    sleep 0.5
done
# Clients are served before recovery has baked what it brought.
for _ in $(seq 40); do on recover >/dev/null 2>&1 && break || sleep 0.5; done
status 0 on recover
serves 2.0.0
"$host" run "$h" -- test -e /var/lib/pond/store/data/changed-c || die "the job did not come to its end"
status 1 on rollback --yes
has "convert" "changed data for good"
serves 2.0.0
say "killed in an irreversible job: the new release serves by itself, and the way back is closed"

# The same with the power gone: after the boot what it was is done again, and nothing older ever touches that data.
on install /media/stick/pond-2.0.1-amd64.bundle --yes >"$work/install" 2>&1 &
installing=$!
for _ in $(seq 200); do
    "$host" run "$h" -- test -e /var/lib/pond/store/data/changing-d && break
    sleep 0.1
done
"$host" cut "$h"
wait $installing && die "the installer was to die"
"$host" start "$h"
for _ in $(seq 80); do
    [ "$(answer http://192.0.2.1:8081/)" = store-2.0.1 ] && break
    sleep 0.5
done
for _ in $(seq 40); do on recover >/dev/null 2>&1 && break || sleep 0.5; done
serves 2.0.1
status 0 on status
"$host" run "$h" -- test -e /var/lib/pond/store/data/changed-d || die "the job did not come to its end after the boot"
[ "$("$host" run "$h" -- journalctl -b --no-pager -q -u pond.store.service | grep -c 'Starting ')" = 1 ] || die "the old writer came back"
status 0 on history pond
has convert
say "a power cut in an irreversible job: after the boot the host goes forward by itself"

# What belongs to this host, and who may reach it.
echo "side: true" >"$author/values.yaml"
JOBS='networks: { admin: who looks }
roles: { edge: faces the world, core: does not }
values: { defaults: values.yaml }' MORE='  side:
    run: ["{{ bin }}/serve", serve, side, "{{ listen.http }}", "{{ listen.http.v6 }}"]
    ports: { http: { port: 9100, expose: admin } }
    when: values.side
    roles: [edge]
  elsewhere:
    run: ["{{ bin }}/serve", serve, elsewhere, "{{ listen.http }}"]
    ports: { http: { port: 9200, expose: public } }
    roles: [core]' pack 2.1.0
status 78 on install /media/stick/pond-2.1.0-amd64.bundle --yes
has "roles" "core, edge"
site() { printf '%s\n' "$@" >"$work/host.yaml" && "$host" put "$h" "$work/host.yaml" /etc/pond/host.yaml; }
"$host" run "$h" -- mkdir -p /etc/pond
site "roles: [edge]"
status 78 on install /media/stick/pond-2.1.0-amd64.bundle --yes
has "admin" "who looks"
site "roles: [edge]" "networks: { admin: [192.0.2.0/24] }"
install_release 2.1.0
[ "$(answer http://192.0.2.1:9100/)" = side ] || die "the network does not reach its port: $(answer http://192.0.2.1:9100/)"
case $(answer 'http://[2001:db8::1]:9100/') in side) die "an address outside the network reaches it" ;; esac
case $(answer http://192.0.2.1:9200/) in elsewhere) die "a service of another role runs here" ;; esac
status 0 on status
unwatched
"$host" run "$h" -- nft flush ruleset
case $(answer http://192.0.2.1:9100/) in side) die "a port of a network is open without the rules" ;; esac
status 0 on recover
[ "$(answer http://192.0.2.1:9100/)" = side ] || die "the network does not reach its port after the rules came back"
say "roles, a condition and a network decide what runs here and who reaches it"
