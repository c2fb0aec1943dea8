# SPDX-License-Identifier: Apache-2.0
# The power goes while the new release is watched: after the boot it serves, is watched again and then called good.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
BAKE=6s pack 1.1.0
ready cutbake bookworm
install_release 1.0.0
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
background+=($!)
for _ in $(seq 100); do
    grep -q 'watch the new release' "$work/install" && break
    sleep 0.1
done
grep -q 'watch the new release' "$work/install" || die "it was never watched"
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 60); do
    [ "$(answer http://192.0.2.1:80/)" = web-1.1.0 ] && break
    sleep 0.5
done
serves 1.1.0
for _ in $(seq 60); do
    said=$("$host" run "$h" -- journalctl -u bundle-finish --no-pager -o cat 2>&1 || true)
    case $said in *"the new release serves"*) break ;; esac
    sleep 0.5
done
has "the new release serves"
status 0 on recover
status 0 on history
has "#2" done
status 0 on status
serves 1.1.0
say "after a power cut in the bake the host runs $(answer http://192.0.2.1:80/), watched again and called good"
