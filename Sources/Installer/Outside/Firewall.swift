// SPDX-License-Identifier: Apache-2.0

/// What guards a host, told by the names of its tables and chains; and the command that opens ports in it.
package enum Firewall: Equatable, Sendable {
    /// - Parameter zone: nil for the default zone.
    case firewalld(zone: String?)
    case ufw
    /// Rules of iptables(8), whichever way the kernel keeps them.
    case iptables
    /// Rules that somebody wrote for nft(8), by the base chain in which a packet ends.
    case nftables(family: String, table: String, chain: String)

    /// - Parameter rewritten: whether it sees packets behind the rewriting. Then the port in the packet is the slot's, and
    ///   the stable one is known to conntrack alone.
    package func opening(_ ports: [OutsidePort], rewritten: Bool) -> String {
        let ports = ports.sorted { $0.number < $1.number }
        switch self {
        case .firewalld(let zone):
            let options = ports.map {
                // Behind a rewriting with StrictForwardPorts=yes an open port is not enough: firewalld lets in what it
                // could have rewritten itself, and asks conntrack for the port that the client used.
                rewritten
                    ? "--add-forward-port=port=\($0.number):proto=tcp:toport=\($0.inner)"
                    : "--add-port=\($0.number)/tcp"
            }
            let place = zone.map { " --zone=\($0)" } ?? ""
            return "firewall-cmd --permanent\(place) \(options.joined(separator: " ")) && firewall-cmd --reload"
        case .ufw:
            return "ufw allow \(ports.map { String(rewritten ? $0.inner : $0.number) }.joined(separator: ","))/tcp"
        case .iptables:
            return ["iptables", "ip6tables"].flatMap { program in
                ports.map {
                    rewritten
                        ? "\(program) -I INPUT -p tcp -m conntrack --ctstate DNAT --ctorigdstport \($0.number) -j ACCEPT"
                        : "\(program) -I INPUT -p tcp --dport \($0.number) -j ACCEPT"
                }
            }.joined(separator: " && ")
        case .nftables(let family, let table, let chain):
            let numbers = ports.map { String($0.number) }
            let set = numbers.count == 1 ? numbers[0] : "{ \(numbers.joined(separator: ", ")) }"
            let match =
                rewritten ? "meta l4proto tcp ct original proto-dst \(set) ct status dnat" : "tcp dport \(set)"
            // The braces of a set mean something to a shell.
            return "nft 'insert rule \(family) \(table) \(chain) \(match) accept'"
        }
    }
}

/// Where packets end that do not arrive.
package struct FirewallBlock: Equatable, Sendable {
    package var firewall: Firewall
    /// Family, table and chain of the rule or policy that drops.
    package var place: String
    package var rewritten: Bool
    /// Whether a real client would be treated alike. False where rules name interfaces or senders, which our own wire has
    /// of its own: then this only warns.
    package var isCertain: Bool

    package init(firewall: Firewall, place: String, rewritten: Bool, isCertain: Bool = true) {
        self.firewall = firewall
        self.place = place
        self.rewritten = rewritten
        self.isCertain = isCertain
    }

    package func opening(_ ports: [OutsidePort]) -> String { firewall.opening(ports, rewritten: rewritten) }
}
