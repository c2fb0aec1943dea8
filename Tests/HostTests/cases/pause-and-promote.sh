# SPDX-License-Identifier: Apache-2.0
# The pause at ready, under load from a second host: nothing moves before `promote`, a reboot keeps the pause, nothing else
# may begin meanwhile, and both ways out lose no request.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
pack 1.1.0
ready pause bookworm
install_release 1.0.0

ready_with() {
    status 0 on install "/media/stick/pond-$1-amd64.bundle" --yes --until ready
    has "is ready in" "bundle promote pond" "bundle abort pond"
}

say "a pause moves nobody, and refuses whatever else would begin"
ready_with 1.1.0
serves 1.0.0
status 0 on status
has "1.1.0" "waits in"
status 1 on install /media/stick/pond-1.1.0-amd64.bundle --yes
has "bundle promote pond" "bundle abort pond"
status 1 on rollback --yes
status 1 on prune
status 0 on recover
has "waits to be promoted"

say "it outlives a power cut"
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 60); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.5; done
serves 1.0.0
for _ in $(seq 60); do
    said=$(on status 2>&1) && break
    sleep 0.5
done
has "waits in" "agree"

say "abort takes it away"
load_begins
status 0 on abort
has "1.0.0 serves as before"
load_ends
serves 1.0.0
status 0 on status
status 10 on promote
status 10 on abort
say "$requests requests while it was taken away: 0 failed"

say "promote does the cutover and the rest"
load_begins
ready_with 1.1.0
serves 1.0.0
status 0 on promote --yes
load_ends
serves 1.1.0
status 0 on status
status 0 on history
say "$requests requests over pause and promotion: 0 failed, longest $longest_green ms, held $longest_held ms"
status 0 on rollback --yes
serves 1.0.0

say "what is not healthy any more goes on waiting"
ready_with 1.1.0
unit=$("$host" run "$h" -- sh -c 'systemctl list-units --plain --no-legend "pond.web.*" | cut -d " " -f 1')
active=$(on status --json | jq -r '.products[0].active.slot')
for one in $unit; do
    case $one in *."$active".service) ;; *) "$host" run "$h" -- systemctl stop "$one" ;; esac
done
status 1 on promote --yes
has "goes on waiting"
serves 1.0.0
status 0 on abort
status 0 on status
serves 1.0.0

say "a first installation can wait too, and be taken away without a trace"
status 0 on remove pond --yes --data
ready_with 1.1.0
[ -z "$(answer http://192.0.2.1:80/ | grep web)" ] || die "a first installation that waits serves"
status 0 on abort
status 10 on status
