# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the cases outside-*.sh share: a pond on a host that has everything sites guard their hosts with.
. "$(dirname "$0")/../lib.sh"
pack 1.0.0
BAKE=15s pack 1.1.0
ready "${case_name#outside-}" trixie-firewalls

# blocked WORD…: preflight refuses the first release, says each word, and changes nothing; the line that it names is in $line.
blocked() {
    local before after
    before=$(rules)
    status 1 on install /media/stick/pond-1.0.0-amd64.bundle --yes
    has "not reached from outside" "$@"
    after=$(rules)
    [ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after") >&2 || true; die "preflight changed the rules"; }
    left_behind
    "$host" run "$h" -- test ! -e /opt/pond/releases || die "preflight left a release"
    line=$(grep -oE '(firewall-cmd|ufw|nft|iptables) .*' <<<"$said" | head -1)
}
rules() { "$host" run "$h" -- nft -s list ruleset | grep -v '^#'; }
left_behind() {
    local found
    found=$("$host" run "$h" -- sh -c 'ip -br link; nft list tables; ip netns list' | grep -E 'bundle(outside|[0-9a-f]{8})' || true)
    [ -z "$found" ] || die "left behind: $found"
}
# opens: the line is run as it stands, and then the release goes in and clients reach it.
opens() {
    "$host" run "$h" -- sh -c "$line" >/dev/null
    install_release 1.0.0
    serves 1.0.0
    status 0 on status
    has "from outside: IPv4 answers, IPv6 answers"
    left_behind
    say "$1: found, opened by: $line"
}
gone() { status 0 on remove pond --data --yes; }
