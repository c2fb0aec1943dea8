# SPDX-License-Identifier: Apache-2.0
# systemd holds the ports, and the product's own forwarder leads who comes in: cutovers and rollbacks under load from a second host
# and from loopback, the store with its one writer replaced each time, a port that comes and goes; the forwarder is killed under
# load, the ruleset is flushed, and nobody is refused; the host loses its power; `remove` leaves nothing.
. "$(dirname "$0")/../lib.sh"
BAKE=300ms
DRAIN=500ms
pack 1.0.0
pack 1.1.0
HEALTH=never HEALTH_TIMEOUT=1s pack 1.2.0
# The store as it is in 1.0.0, and another port: systemd gives no running service a further socket.
amend() {
    sed -i -e 's|web-1.3.0, "{{ listen.http }}"|web-1.3.0, "{{ listen.extra }}", "{{ listen.http }}"|' \
        -e 's|ports: { http: { port: 80, expose: public } }|ports: { http: { port: 80, expose: public }, extra: { port: 9000, expose: host } }|' \
        "$author/bundle.yaml"
}
STORE=1.0.0 DRAIN=4s pack 1.3.0
amend() { :; }
ready held "${ROOT:-bookworm}"
site() { "$host" run "$h" -- sh -c "mkdir -p /etc/pond && echo 'traffic: $1' >/etc/pond/host.yaml"; }
ours() { "$host" run "$h" -- sh -c "ls /etc/systemd/system | grep bundle-forward" | sort | sed 's/^bundle-forward-pond\.//' | xargs; }
site sockets
status 0 on plan /media/stick/pond-1.0.0-amd64.bundle
units="80.socket 8081.socket a.service"
for unit in $units; do has "/etc/systemd/system/bundle-forward-pond.$unit" "bundle-forward-pond.$unit starts"; done
status 4 on install /media/stick/pond-1.2.0-amd64.bundle --yes
[ -z "$(ours)" ] || die "a first installation that failed leaves $(ours)"
install_release 1.0.0
serves 1.0.0
status 0 on status
for unit in $units; do has "bundle-forward-pond.$unit: active"; done
[ "$(ours)" = "$units" ] || die "other units than planned: $(ours)"

say "it is not changed under way, and what it cannot do is refused"
site nftables
status 1 on plan /media/stick/pond-1.1.0-amd64.bundle
has "traffic: sockets" "put sockets back"
site sockets
status 1 on rehearse /media/stick/pond-1.1.0-amd64.bundle
has "traffic: sockets"
serves 1.0.0

began=$SECONDS
load_begins
status 4 on install /media/stick/pond-1.2.0-amd64.bundle --yes
serves 1.0.0
for turn in $(seq "${TURNS:-4}"); do
    if [ $((turn % 2)) = 1 ]; then version=1.1.0; else version=1.0.0; fi
    if [ $((turn % 2)) = 1 ]; then install_release 1.1.0; else status 0 on rollback --yes; fi
    serves "$version"
done
load_ends
say "$turn cutovers in $((SECONDS - began)) s: 0 of $requests requests failed; longest wait $longest_green ms" \
    "(blue-green), $longest_held ms (one writer); $cut open connections cut at the end of their drain"
[ "$(ours)" = "$units" ] || die "other units than planned: $(ours)"

say "a port comes: another forwarder, and clients of a service that stays keep their connection"
load_begins
"$host" client "$h" -- "$load" --workers 1 --mode keep --pause 20 http://192.0.2.1:8081/ >"$work/kept" &
kept=$!
background+=($kept)
sleep 0.5
status 0 on install /media/stick/pond-1.3.0-amd64.bundle --yes &
installing=$!
background+=($installing)
for _ in $(seq 100); do
    said=$(on status 2>&1 || true)
    case $said in *"still with the old web"*) break ;; esac
    sleep 0.1
done
has "still with the old web" "192.0.2."
case $(echo "$said" | grep "still with the old web") in *169.254.*) die "status names the forwarder for the client: $said" ;; esac
wait $installing
serves 1.3.0 1.0.0
[ "$("$host" net "$h" -- curl -fsS http://127.0.0.1:9000/)" = web-1.3.0 ] || die "the new port does not answer"
[ "$("$host" net "$h" -- curl -fsS 'http://[::1]:9000/')" = web-1.3.0 ] || die "the new port does not answer by IPv6"
[ "$(ours)" = "80.socket 8081.socket 9000.socket b.service" ] || die "other units than planned: $(ours)"
status 0 on rollback --yes
serves 1.0.0
status 7 "$host" net "$h" -- curl -fsS http://127.0.0.1:9000/
[ "$(ours)" = "80.socket 8081.socket c.service" ] || die "other units than planned: $(ours)"
kill $kept
wait $kept || true
jq -e '.failed == 0 and .connections == 1 and .cut_kept == 0 and .requests > 20' "$work/kept" >/dev/null || { cat "$work/kept" && die "the kept connection"; }
load_ends
say "0 of $requests requests failed; one connection outlived two forwarders ($(jq .requests "$work/kept") requests)"

say "killed again and again under load, it refuses nobody: clients wait in the sockets"
"$host" client "$h" -- "$load" --workers 4 --mode new --pause 2 http://192.0.2.1:80/ 'http://[2001:db8::1]:80/' >"$work/killed" &
client=$!
background+=($client)
sleep 0.5
for _ in 1 2 3 4 5; do
    "$host" run "$h" -- systemctl kill --signal=SIGKILL bundle-forward-pond.c.service
    sleep 0.6
done
"$host" run "$h" -- systemctl restart bundle-forward-pond.c.service
unwatched
"$host" run "$h" -- nft flush ruleset
sleep 0.5
kill $client
wait $client || true
jq -e '.failed == 0 and .requests > 100' "$work/killed" >/dev/null || { cat "$work/killed" && die "somebody was refused"; }
say "0 of $(jq .requests "$work/killed") requests failed, $(jq '.cut_new' "$work/killed") open connections went with it;" \
    "longest wait $(jq '[.targets[].max_ms] | max | floor' "$work/killed") ms"
status 12 on status
status 0 on recover
serves 1.0.0
status 0 on status

say "what is stopped by hand is told, and put back"
"$host" run "$h" -- systemctl stop bundle-forward-pond.80.socket
status 12 on status
has "bundle-forward-pond.80.socket is inactive"
status 0 on recover
status 0 on status
"$host" run "$h" -- systemctl stop bundle-forward-pond.80.socket bundle-forward-pond.8081.socket bundle-forward-pond.c.service
status 12 on status
status 0 on recover
serves 1.0.0
status 0 on status

say "it comes up after a power cut"
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 60); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.5; done
serves 1.0.0
for _ in $(seq 60); do said=$(on status 2>&1) && break || sleep 0.5; done
has "agree"
status 0 "$host" run "$h" -- systemd-analyze verify /etc/systemd/system/bundle-forward-pond.c.service
"$host" run "$h" -- systemd-analyze security --no-pager --offline=true /etc/systemd/system/bundle-forward-pond.c.service \
    >"$work/security" 2>&1 || true
say "$(grep -o 'exposure level for.*' "$work/security")"

say "remove leaves nothing"
status 0 on remove pond --data --yes
left=$("$host" run "$h" -- sh -c "ls -d /opt/pond /var/lib/pond /etc/systemd/system/*pond* /var/lib/bundle/pond/forward /run/bundle-forward-pond* 2>/dev/null
    systemctl list-units --all --no-legend '*pond*'; ip address show dev lo | grep 169.254.77; nft list tables; ss -Hltn 'sport = 80 or sport = 8081'" || true)
[ -z "$left" ] || die "remove leaves $left"
