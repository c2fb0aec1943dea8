# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The main job on a bare host: sourced by one case for each Debian release, which sets $suite.
. "$(dirname "$0")/../lib.sh"

pack 1.0.0
STORE=1.0.0 pack 1.1.0
ready "$suite" "$suite"

status 0 on plan /media/stick/pond-1.0.0-amd64.bundle
install_release 1.0.0
serves 1.0.0
status 0 on status

say "the same release again restarts nothing"
before=$("$host" run "$h" -- sh -c 'systemctl show -p InvocationID "pond.*"')
install_release 1.0.0
after=$("$host" run "$h" -- sh -c 'systemctl show -p InvocationID "pond.*"')
[ "$before" = "$after" ] || die "units were restarted"

say "an upgrade that does not change the store does not touch it"
before=$("$host" run "$h" -- systemctl show -p InvocationID pond.store.service)
install_release 1.1.0
serves 1.1.0 1.0.0
after=$("$host" run "$h" -- systemctl show -p InvocationID pond.store.service)
[ "$before" = "$after" ] || die "the store was restarted"

status 0 on rollback --yes
serves 1.0.0
status 0 "$host" run "$h" -- sh -c 'readlink -f /opt/pond/current | grep /1.0.0-'
status 0 "$host" run "$h" -- sh -c 'cd /opt/pond/current && sha256sum -c /var/lib/bundle/pond/evidence/1.0.0-*/files.sha256'

say "after a reboot the active slot serves, and traffic was in place before it"
"$host" reboot "$h"
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.2; done
serves 1.0.0
boot=$("$host" run "$h" -- systemctl show -p ExecMainExitTimestampMonotonic --value bundle-boot.service)
web=$("$host" run "$h" -- sh -c 'systemctl show -p ExecMainStartTimestampMonotonic --value "pond.web.*.service" | grep -v "^0$" | head -n 1')
[ "$boot" -gt 0 ] && [ "$boot" -lt "$web" ] || die "boot unit done at $boot, web started at $web"

say "every generated unit is clean, and as closed as profile strict promises"
"$host" run "$h" -- sh -c 'ls /etc/systemd/system | grep -E "^(pond\.|bundle-)"' >"$work/units"
while read -r unit; do
    status 0 "$host" run "$h" -- systemd-analyze verify "/etc/systemd/system/$unit"
    [ -z "$said" ] || die "systemd-analyze verify $unit: $said"
    case $unit in *.target | bundle-*) continue ;; esac
    "$host" run "$h" -- systemd-analyze security --no-pager --offline=true "/etc/systemd/system/$unit" >"$work/security" 2>&1 || true
    exposure=$(sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p' "$work/security")
    awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 1.5) }' || { cat "$work/security" && die "$unit: exposure '$exposure'"; }
    say "exposure of $unit: $exposure"
done <"$work/units"

status 0 on history
status 0 on remove pond --data --yes
[ -z "$("$host" run "$h" -- sh -c 'ls -d /opt/pond /var/lib/pond /etc/systemd/system/pond* 2>/dev/null')" ] || die "remove leaves something"
"$host" run "$h" -- nft list tables | grep -q bundle_pond && die "remove leaves the table" || true
