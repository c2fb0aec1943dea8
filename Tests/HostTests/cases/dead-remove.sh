# SPDX-License-Identifier: Apache-2.0
# A `remove` that dies: recovery finishes it, whatever is gone already. What a `remove` leaves can be removed later, the user
# with it; an older release that was never here stays refused in between.
. "$(dirname "$0")/../lib.sh"
for version in 0.9.0 1.0.0; do pack $version; done
ready dead bookworm
inside() { "$host" run "$h" -- sh -c "$1"; }
gone() {
    [ "$(inside 'ls -d /opt/pond /etc/systemd/system/pond.* /var/lib/bundle/pond/state /var/lib/bundle/pond/journal 2>/dev/null | grep -v "[.]d$"')" = "" ] || die "something stayed: $1"
}

install_release 1.0.0
inside 'systemctl stop bundle-watch "pond.*"; nft delete table inet bundle_pond; rm -rf /opt/pond'
status 12 on status
status 0 on recover
status 0 on remove pond --yes
gone "releases taken away by hand"
install_release 1.0.0
serves 1.0.0
say "what was taken away by hand can be removed, and installed over"

# Killed while it waits for a service that takes its time to stop.
inside 'mkdir -p /etc/systemd/system/pond.store.service.d
    printf "[Service]\nExecStopPost=/bin/sleep 3\n" >/etc/systemd/system/pond.store.service.d/slow.conf; systemctl daemon-reload'
on remove pond --yes >"$work/remove" 2>&1 &
removing=$!
sleep 1.5
inside 'systemctl kill --signal=KILL --kill-who=main "bundle-remove-*"'
wait $removing || die "the run's end was $?: $(cat "$work/remove")"
gone "a remove that was killed"
status 0 on recover
[ "$(inside 'test -d /var/lib/pond/store && id -u _pond >/dev/null && echo kept')" = kept ] || die "the data or its user went"
say "a remove that was killed is finished behind it"

status 3 on install /media/stick/pond-0.9.0-amd64.bundle --yes
has "0.9.0 is older than 1.0.0"
inside 'rm -r /etc/systemd/system/pond.store.service.d'
install_release 1.0.0
status 0 on remove pond --yes
status 0 on remove pond --data --yes
gone "with its data"
[ "$(inside 'ls -d /var/lib/pond /etc/sysusers.d/bundle-pond.conf 2>/dev/null; getent passwd _pond')" = "" ] || die "the user or the data stayed"
status 10 on remove pond --data --yes
install_release 0.9.0
serves 0.9.0
say "what a remove left can be removed later, user and memory with it"
