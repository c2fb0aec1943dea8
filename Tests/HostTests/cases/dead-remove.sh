# SPDX-License-Identifier: Apache-2.0
# A `remove` that died behind its deletion of the releases: `recover` does not stumble over what is gone, and the verb can be
# run again to its end.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
ready dead bookworm
install_release 1.0.0
"$host" run "$h" -- sh -c 'systemctl stop "pond.*"; nft delete table inet bundle_pond; rm -rf /opt/pond'
status 12 on status
status 0 on recover
status 0 on remove pond --yes
[ "$("$host" run "$h" -- sh -c 'ls -d /opt/pond /etc/systemd/system/pond.* 2>/dev/null')" = "" ] || die "something stayed"
install_release 1.0.0
serves 1.0.0
say "what a dead remove left can be removed, and installed over"
