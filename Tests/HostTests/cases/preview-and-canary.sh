# SPDX-License-Identifier: Apache-2.0
# Clients of a release that waits: named ones (preview) and a share of new connections (canary), from a second host, under
# load. Everybody else stays where they were, nobody loses a request, and a canary that is not healthy ends by itself.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
STORE=1.0.0 pack 1.1.0
pack 2.0.0
ready canary bookworm
install_release 1.0.0
waits() { status 0 on install "/media/stick/pond-$1-amd64.bundle" --yes --until ready; }
from() { "$host" client "$h" -- curl -gfsS --max-time 5 --interface "$1" "$2" 2>&1 || true; }

status 10 on preview --from 192.0.2.2
waits 1.1.0

say "a preview is for those who are named, on IPv4 and IPv6"
remote4=$("$host" client "$h" -- ip -json -4 address show scope global | jq -r '.[].addr_info[0].local' | head -n 1)
remote6=$("$host" client "$h" -- ip -json -6 address show scope global | jq -r '.[].addr_info[0].local' | head -n 1)
"$host" client "$h" -- sh -c 'ip address add 192.0.2.77/24 dev $(ip -json route get 192.0.2.1 | jq -r .[0].dev)'
load_begins
status 0 on preview --from 192.0.2.77 "$remote6"
[ "$(from 192.0.2.77 http://192.0.2.1:80/)" = web-1.1.0 ] || die "192.0.2.77 does not see what waits"
[ "$(from "$remote4" http://192.0.2.1:80/)" = web-1.0.0 ] || die "$remote4 sees what waits"
[ "$(from "$remote6" 'http://[2001:db8::1]:80/')" = web-1.1.0 ] || die "$remote6 does not see what waits"
[ "$(from 192.0.2.77 http://192.0.2.1:8081/)" = store-1.0.0 ] || die "the store is not shared"
status 0 on status
has "preview: shown to 192.0.2.77"
status 0 on preview --off
[ "$(from 192.0.2.77 http://192.0.2.1:80/)" = web-1.0.0 ] || die "192.0.2.77 still sees what waits"
load_ends
say "$requests requests while the preview came and went: 0 failed"

# share WANTED: of 5,000 new connections from the second host, how many went to the idle slot; within 2 of a hundred.
measure() {
    "$host" client "$h" -- "$load" --workers 2 --mode new --pause 0 http://192.0.2.1:80/ 'http://[2001:db8::1]:80/' >"$work/share" &
    local pid=$!
    sleep 6
    kill $pid
    wait $pid || true
    local all idle
    all=$(jq '[.targets[].answers | to_entries[].value] | add' "$work/share")
    idle=$(jq '[.targets[].answers["web-1.1.0"] // 0] | add' "$work/share")
    [ "$(jq .failed "$work/share")" = 0 ] || die "$(jq .failed "$work/share") requests failed"
    [ "$all" -ge 3000 ] || die "only $all connections: the share cannot be told"
    awk -v a="$all" -v i="$idle" -v w="$1" 'BEGIN { s = 100 * i / a; exit !(s > w - 2 && s < w + 2) }' ||
        die "$idle of $all connections reached the idle slot, not $1 %"
    say "canary $1 %: $idle of $all new connections reached the idle slot"
}
status 0 on canary --share 10%
measure 10
status 0 on status
has "canary: 10 % of new connections"
status 0 on canary --share 50
measure 50
say "it lives longer than what the kernel would keep by itself"
sleep 18
status 0 on status
has "canary: 50 %"

say "abort ends it"
load_begins
status 0 on abort
load_ends
serves 1.0.0
say "$requests requests while a canary was aborted: 0 failed"
[ "$("$host" run "$h" -- systemctl is-active bundle-canary-pond.service)" != active ] || die "the watch is left"

say "a canary whose slot fails ends by itself, and says why"
waits 1.1.0
status 0 on canary --share 50%
idle=$("$host" run "$h" -- sh -c 'systemctl list-units --plain --no-legend "pond.web.*"' | cut -d ' ' -f 1 | grep -v "$(on status --json | jq -r '.products[0].active.slot')")
"$host" run "$h" -- systemctl stop "$idle"
for _ in $(seq 50); do
    said=$(on status 2>&1) || true
    case $said in *"ended by itself"*) break ;; *) sleep 0.1 ;; esac
done
has "canary: it ended by itself"
serves 1.0.0
status 0 on abort

say "a canary whose watch is killed ends by the kernel"
waits 1.1.0
status 0 on canary --share 50%
"$host" run "$h" -- systemctl kill --signal=SIGKILL bundle-canary-pond.service
sleep 21
said=$(on status 2>&1) || true
case $said in *"canary: 50"*) die "it goes on without its watch" ;; esac
serves 1.0.0

say "promote ends it"
status 0 on canary --share 20%
load_begins
status 0 on promote --yes
load_ends
serves 1.1.0 1.0.0
status 0 on status
say "$requests requests over a promoted canary: 0 failed"

say "a release whose store changes has no canary"
waits 2.0.0
status 1 on canary --share 10%
has "store" "runs once and changes"
status 0 on abort
serves 1.1.0 1.0.0
