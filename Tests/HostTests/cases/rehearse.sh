# SPDX-License-Identifier: Apache-2.0
# The cutover proven under load on private ports: it leaves a record and nothing else, moves no client, and touches no
# service that runs once; a slot that loses connections makes it fail.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
pack 1.1.0
ready rehearse bookworm
status 1 on rehearse /media/stick/pond-1.0.0-amd64.bundle
has "nothing of pond serves yet"
install_release 1.0.0

standing() {
    "$host" run "$h" -- sh -c 'find /opt/pond /etc/systemd/system /var/lib/bundle/pond/packs /var/lib/bundle/pond/staging -type f -o -type l 2>/dev/null | sort
        systemctl show -p InvocationID,ActiveState pond.web.blue.service pond.store.service; nft list tables; readlink /opt/pond/current'
}
before=$(standing)
load_begins
status 0 on rehearse /media/stick/pond-1.1.0-amd64.bundle --seconds 6
load_ends
has "rehearsed against 1.0.0" "failed       0" "taken away again"
echo "$said" | grep -E "^  (flips|connections|failed|longest|drain)" | while read -r line; do say "$line"; done
say "$requests requests of clients meanwhile: 0 failed"
[ "$before" = "$(standing)" ] || { diff <(echo "$before") <(standing); die "it left something"; }
serves 1.0.0
status 0 on status
status 0 "$host" run "$h" -- sh -c 'cat /var/lib/bundle/pond/rehearsals/1.1.0-*.json'
has '"failed": {}' '"serving": "1.0.0"' bundle-rehearsal/1
status 0 on history
has rehearse done

say "the same of a staged release, without the medium: it stays staged, and nothing else is left"
status 0 on stage /media/stick/pond-1.1.0-amd64.bundle
before=$(standing)
status 0 on rehearse pond@1.1.0 --seconds 2 --note "before the window"
has "rehearsed against 1.0.0" "failed       0"
[ "$before" = "$(standing)" ] || { diff <(echo "$before") <(standing); die "the rehearsal of a staged release left something"; }
status 0 on status
has "staged: 1.1.0"
status 0 on history
has "before the window"

say "the same of a release that the host holds, as JSON"
install_release 1.1.0
status 0 on rehearse pond@1.0.0 --seconds 2 --json
has '"failed": 0' '"passed": true' '"serving": "1.1.0"'
serves 1.1.0

say "a rehearsal that is killed is taken away"
on rehearse pond@1.0.0 --seconds 60 >"$work/killed" 2>&1 &
background+=($!)
for _ in $(seq 100); do "$host" run "$h" -- nft list tables | grep -q rehearsal_pond && break || sleep 0.2; done
"$host" run "$h" -- sh -c 'for exe in /proc/[0-9]*/exe; do
    [ "$(readlink "$exe")" = /usr/lib/bundle/bundle ] && kill -9 "$(echo "$exe" | cut -d / -f 3)"; done; true'
for _ in $(seq 100); do "$host" run "$h" -- nft list tables | grep -q rehearsal_pond || break; sleep 0.2; done
# The unit recovers by itself; it may still be at work.
for _ in $(seq 50); do on recover >/dev/null 2>&1 && break || sleep 0.2; done
"$host" run "$h" -- nft list tables | grep -q rehearsal_pond && die "its rules are left"
serves 1.1.0
status 0 on status
