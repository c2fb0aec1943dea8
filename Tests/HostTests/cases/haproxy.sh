# SPDX-License-Identifier: Apache-2.0
# The HAProxy driver, under clients from a second host that keep their connections open and never repeat a request: ten
# cutovers and as many rollbacks, the store with its one writer replaced each time. Then HAProxy is killed, the host loses its
# power, and `remove` leaves nothing of it.
. "$(dirname "$0")/../lib.sh"
BAKE=300ms
DRAIN=500ms
pack 1.0.0
pack 1.1.0
unit=bundle-haproxy-pond.service

ready proxy "${ROOT:-bookworm-haproxy}"
"$host" run "$h" -- sh -c 'mkdir -p /etc/pond && echo "traffic: haproxy" >/etc/pond/host.yaml'
status 0 on plan /media/stick/pond-1.0.0-amd64.bundle
has "/etc/systemd/system/$unit" "$unit starts"
install_release 1.0.0
serves 1.0.0
status 0 on status
has "$unit: active"

say "a driver that serves is not changed under way"
"$host" run "$h" -- sh -c 'echo "traffic: nftables" >/etc/pond/host.yaml'
status 1 on plan /media/stick/pond-1.1.0-amd64.bundle
has "traffic: haproxy" "put haproxy back"
"$host" run "$h" -- sh -c 'echo "traffic: haproxy" >/etc/pond/host.yaml'

no_retry() {
    "$host" client "$h" -- "$load" --workers 4 --mode "$1" --no-retry --pause 4 http://192.0.2.1:80/ 'http://[2001:db8::1]:80/' \
        http://192.0.2.1:8081/ 'http://[2001:db8::1]:8081/' >"$work/$1" &
    clients+=($!)
    background+=($!)
}
clients=()
no_retry keep
no_retry new
sleep 0.5
before=$("$host" run "$h" -- systemctl show -p ExecMainStartTimestampMonotonic $unit)
began=$SECONDS
for turn in $(seq "${TURNS:-10}"); do
    if [ $((turn % 2)) = 1 ]; then install_release 1.1.0; else status 0 on rollback --yes; fi
done
spent=$((SECONDS - began))
kill "${clients[@]}"
wait "${clients[@]}" || true
failed=$(jq -s 'map(.failed) | add' "$work/keep" "$work/new")
[ "$failed" = 0 ] || { cat "$work/keep" "$work/new" && die "$failed requests failed"; }
longest() { jq "[.targets[] | select(.target | contains(\":$2/\")) | .max_ms] | max | floor" "$work/$1"; }
say "$turn cutovers in $spent s: 0 of $(jq .requests "$work/keep") requests on $(jq .connections "$work/keep") kept connections" \
    "and 0 of $(jq .requests "$work/new") on new ones failed, none repeated; longest wait $(longest keep 80) ms (blue-green)," \
    "$(longest keep 8081) ms (one writer)"
after=$("$host" run "$h" -- systemctl show -p ExecMainStartTimestampMonotonic $unit)
[ "$before" = "$after" ] || die "HAProxy was started again: $before, $after"
serves 1.0.0
status 0 on status

say "killed, it comes back by itself with the map of the last cutover"
"$host" run "$h" -- systemctl kill --kill-whom=all --signal=SIGKILL $unit
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.1; done
serves 1.0.0
status 0 on status

say "what is changed by hand is told from what was meant, and put back"
"$host" run "$h" -- systemctl stop $unit
status 12 on status
has "$unit is inactive"
status 0 on recover
serves 1.0.0
status 0 on status

say "it comes up after a power cut"
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 60); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.5; done
serves 1.0.0
for _ in $(seq 60); do
    said=$(on status 2>&1) && break
    sleep 0.5
done
has "agree"
status 0 "$host" run "$h" -- systemd-analyze verify "/etc/systemd/system/$unit"
"$host" run "$h" -- systemd-analyze security --no-pager --offline=true "/etc/systemd/system/$unit" >"$work/security" 2>&1 || true
say "$(grep -o 'exposure level for.*' "$work/security")"

say "remove leaves nothing"
status 0 on remove pond --data --yes
left=$("$host" run "$h" -- sh -c "ls -d /opt/pond /var/lib/pond /etc/systemd/system/*pond* /var/lib/bundle/pond/haproxy /run/bundle-haproxy-pond 2>/dev/null
    pgrep -a haproxy; ip address show dev lo | grep 169.254.77; nft list tables" || true)
[ -z "$left" ] || die "remove leaves $left"
