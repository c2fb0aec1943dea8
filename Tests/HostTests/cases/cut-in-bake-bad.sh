# SPDX-License-Identifier: Apache-2.0
# The power goes while the new release is watched, and after the boot it does not come up: the old one serves again by
# itself, although only the new slot was started.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
BAKE=20s pack 1.1.0
ready cutbad bookworm
install_release 1.0.0
on install /media/stick/pond-1.1.0-amd64.bundle --yes >"$work/install" 2>&1 &
background+=($!)
for _ in $(seq 100); do
    grep -q 'watch the new release' "$work/install" && break
    sleep 0.1
done
grep -q 'watch the new release' "$work/install" || die "it was never watched"
"$host" run "$h" -- sh -c 'd=/etc/systemd/system/pond.web.green.service.d; mkdir $d; printf "[Service]\nExecStartPre=/bin/false\n" >$d/broken.conf; sync'
"$host" cut "$h"
"$host" start "$h"
for _ in $(seq 80); do
    [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && [ "$(answer http://192.0.2.1:8081/)" = store-1.0.0 ] && break
    sleep 0.5
done
serves 1.0.0
"$host" run "$h" -- rm -r /etc/systemd/system/pond.web.green.service.d
status 0 on recover
serves 1.0.0
install_release 1.1.0
serves 1.1.0
say "a release that a power cut took down and that does not come up again gives way to the old one"
