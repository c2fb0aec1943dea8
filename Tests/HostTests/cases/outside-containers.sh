# SPDX-License-Identifier: Apache-2.0
# Hosts with Docker's or netavark's rules: FORWARD drops, and ports lead to addresses of this host, so nothing stands in
# the way; but a container's published port, which nobody listens on, is found before it would be shadowed. What a killed look
# leaves goes with the next one.
. "$(dirname "$0")/../outside.sh"

# As dockerd 20.10 writes them with userland-proxy: false, one container published on PORT.
docker_rules() {
    "$host" run "$h" -- iptables-restore <<END
*nat
:PREROUTING ACCEPT
:DOCKER -
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport $1 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:FORWARD DROP
:DOCKER-USER -
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
END
}
docker_rules 80
status 1 on install /media/stick/pond-1.0.0-amd64.bundle --yes
has "port 80 (web.http) is taken" "172.17.0.2"
left_behind
docker_rules 8443
install_release 1.0.0
serves 1.0.0
status 0 on status
has "from outside: IPv4 answers, IPv6 answers"
say "Docker's rules: a published port is found, FORWARD drops nothing of ours"
gone
"$host" run "$h" -- nft flush ruleset

# As netavark 1.14 writes them for a container published on PORT.
netavark_rules() {
    "$host" run "$h" -- nft -f - <<END
table inet netavark
delete table inet netavark
table inet netavark {
  chain NETAVARK-HOSTPORT-SETMARK { meta mark set meta mark or 0x00002000; }
  chain nv_dnat { ip saddr 10.88.0.0/16 tcp dport $1 jump NETAVARK-HOSTPORT-SETMARK; tcp dport $1 dnat ip to 10.88.0.2:80; }
  chain NETAVARK-HOSTPORT-DNAT { tcp dport $1 jump nv_dnat; }
  chain FORWARD { type filter hook forward priority filter; policy accept; ct state invalid drop; }
  chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local jump NETAVARK-HOSTPORT-DNAT; }
}
END
}
netavark_rules 8081
status 1 on install /media/stick/pond-1.0.0-amd64.bundle --yes
has "port 8081 (store.http) is taken" "inet netavark"
netavark_rules 8443
install_release 1.0.0
serves 1.0.0
say "netavark's rules: a published port is found, others do not matter"

# A look that is killed in the middle: the wire goes with its process, the table with the next look.
"$host" run "$h" -- nft add table inet bundleoutside_deadbeef
status 0 on recover
left_behind

# Somebody binds what a rule shadows, and a flush takes our rules: intent and reality differ.
unwatched
"$host" run "$h" -- nft flush ruleset
status 12 on status
has "rules are missing" "from outside: IPv4 refused"
status 0 on recover
status 0 on status
has "from outside: IPv4 answers, IPv6 answers"

# A host without network namespaces for us, or without IPv6, is no broken host.
"$host" net "$h" -- sysctl -qw net.ipv6.conf.default.disable_ipv6=1
status 0 on status
has "from outside: IPv4 answers"
say "leftovers are swept; a flushed ruleset is told; no IPv6 on new interfaces is no fault"
