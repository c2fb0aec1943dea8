# SPDX-License-Identifier: Apache-2.0
# An nftables ruleset whose input drops, ufw, and plain iptables: an installation finds them before it changes anything, and
# the line that it prints is what is missing. A rule that names an interface is no reason to refuse: it only warns.
. "$(dirname "$0")/../outside.sh"

"$host" run "$h" -- nft -f - <<'END'
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport { 22, 80 } accept
  }
}
END
blocked "80, 8081" "inet filter input" "ct original proto-dst { 80, 8081 } ct status dnat accept"
opens "an input chain that drops"

# The rule is taken away again while the release serves: `status` tells.
"$host" run "$h" -- sh -c 'nft delete rule inet filter input handle $(nft -a list chain inet filter input | sed -n "s/.*original.*handle //p")'
status 12 on status
has "port 80 does not answer clients" "port 8081 does not answer clients" "inet filter input" "insert rule"
status 12 on status --json
[ "$(jq -r '.products[0].ports[0].outside.ipv4' <<<"$said")" = timed_out ] || die "status --json: $said"
gone

# Clients come by up0, and our wire is not up0.
"$host" run "$h" -- nft insert rule inet filter input iifname up0 ct status dnat accept
status 0 on install /media/stick/pond-1.0.0-amd64.bundle --yes
has "warning" "not reached from a namespace of ours"
serves 1.0.0
status 0 on status
say "rules by interface: installed with a warning"
gone
"$host" run "$h" -- nft flush ruleset

"$host" run "$h" -- ufw --force enable >/dev/null
blocked "80, 8081" "ip filter INPUT" "ufw allow 20080,8081/tcp"
opens ufw
gone
"$host" run "$h" -- ufw --force disable >/dev/null
"$host" run "$h" -- nft flush ruleset

"$host" run "$h" -- sh -c 'for p in iptables ip6tables; do
    $p -A INPUT -i lo -j ACCEPT; $p -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; done
    ip6tables -A INPUT -p icmpv6 -j ACCEPT; iptables -P INPUT DROP; ip6tables -P INPUT DROP'
blocked "80, 8081" "ip filter INPUT" "--ctorigdstport 80"
opens iptables
