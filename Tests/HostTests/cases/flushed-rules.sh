# SPDX-License-Identifier: Apache-2.0
# Somebody flushes the firewall, reloads it, or starts another one: it is noticed, the rules come back by themselves, and no
# service is touched. Where nobody watches, `status` tells intent from reality, and `recover` puts them back.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
ready flushed trixie-firewalls
inside() { "$host" run "$h" -- sh -c "$1"; }
install_release 1.0.0
units() { "$host" run "$h" -- systemctl show -p InvocationID --value pond.web.blue.service pond.store.service; }
before=$(units)
inside 'systemctl is-active -q bundle-watch.service' || die "nobody watches"

# comes_back WHAT COMMAND: the rules go, which is seen by the handle of the table, and come back with nobody's help.
comes_back() {
    local handle now
    handle=$(inside "nft -a list table inet bundle_pond | head -n 1")
    inside "$2"
    for _ in $(seq 100); do
        now=$(inside "nft -a list table inet bundle_pond 2>/dev/null | head -n 1")
        case "$now$(answer http://192.0.2.1:80/)" in "$handle"web-*) ;; ?*web-1.0.0) break ;; esac
        sleep 0.1
    done
    [ -n "$now" ] && [ "$now" != "$handle" ] || die "$1: the table is '$now', was '$handle'"
    serves 1.0.0
    for _ in $(seq 50); do on status >/dev/null && break || sleep 0.2; done
    status 0 on status
    [ "$before" = "$(units)" ] || die "$1: a service was restarted"
    say "$1: the rules are back"
}
comes_back "a flush by hand" 'nft flush ruleset'
comes_back "our table alone" 'nft delete table inet bundle_pond'
inside 'systemctl start nftables'
comes_back "a reload of nftables" 'systemctl reload nftables'
comes_back "a restart of nftables" 'systemctl restart nftables'
inside 'tail -n 20 /var/lib/bundle/audit.log | grep -q "put back"' || die "the audit log does not say so"
inside 'systemctl start firewalld && firewall-cmd -q --state'
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.2; done
serves 1.0.0
status 0 on status
inside 'firewall-cmd -q --reload'
serves 1.0.0
comes_back "a flush under firewalld" 'nft flush ruleset'
inside 'systemctl stop firewalld nftables; nft flush ruleset'
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.2; done
serves 1.0.0

unwatched
inside 'nft flush ruleset'
case $(answer http://192.0.2.1:80/) in web-*) die "it answers without rules" ;; esac
status 12 on status
has "rules are missing"
status 0 on recover
has "put back"
serves 1.0.0
status 0 on status
[ "$before" = "$(units)" ] || die "a service was restarted"
status 0 on recover
has "nothing to recover"
inside 'systemctl is-active -q bundle-watch.service' || die "nobody watches any more"
say "flushed rules are seen and put back"
"$host" reboot "$h"
for _ in $(seq 50); do [ "$(answer http://192.0.2.1:80/)" = web-1.0.0 ] && break || sleep 0.2; done
serves 1.0.0
before=$(units)
comes_back "behind a reboot" 'nft flush ruleset'
status 0 on remove pond --yes
for _ in $(seq 50); do inside 'systemctl is-active -q bundle-watch.service' || break; sleep 0.2; done
inside '! systemctl is-active -q bundle-watch.service' || die "it watches over nothing"
