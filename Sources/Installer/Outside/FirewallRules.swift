// SPDX-License-Identifier: Apache-2.0

/// Reads what `nft list table` and `firewall-cmd` print, as far as it tells whether a firewall treats our wire as it treats
/// clients.
package enum FirewallRules {
    /// Whether anything that a packet can reach from a base chain accepts by interface or by sender: then what happens on
    /// our own wire proves nothing.
    package static func dependOnSender(_ listing: String, from base: String) -> Bool {
        let chains = chains(listing)
        var open = [base]
        var seen: Set<String> = []
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            for rule in chains[name] ?? [] {
                if namesSender(rule) { return true }
                let words = rule.split(whereSeparator: { " {},".contains($0) })
                for (word, next) in zip(words, words.dropFirst()) where word == "jump" || word == "goto" {
                    open.append(String(next))
                }
            }
        }
        return false
    }

    private static func namesSender(_ rule: Substring) -> Bool {
        let admits = [" accept", "jump ", "goto "].contains { rule.contains($0) }
        let names = ["iifname ", "iif ", "saddr "].contains { rule.contains($0) }
        let others = ["\"lo\"", "icmp", "udp ", "igmp", "nexthdr 17"].contains { rule.contains($0) }
        return admits && names && !others
    }

    private static func chains(_ listing: String) -> [String: [Substring]] {
        var chains: [String: [Substring]] = [:]
        var current: String?
        for line in listing.split(separator: "\n") {
            let text = line.drop { $0 == "\t" || $0 == " " }
            if text.hasPrefix("chain ") {
                current = text.split(separator: " ").dropFirst().first.map(String.init)
            } else if text == "}" {
                current = nil
            } else if let current {
                chains[current, default: []].append(text)
            }
        }
        return chains
    }

    /// The zone of an interface, from `firewall-cmd --get-active-zones`; nil when it names none: the default zone's.
    package static func zone(of interface: String, in listing: String) -> String? {
        var zone: String?
        for line in listing.split(separator: "\n") {
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                let words = line.split(separator: " ")
                if words.first == "interfaces:", words.dropFirst().contains(Substring(interface)) { return zone }
            } else {
                // `public (default)`
                zone = line.split(separator: " ").first.map(String.init)
            }
        }
        return nil
    }

    /// Rules of others that rewrite a port of ours, of `nft list ruleset`: a container's published port, without anybody
    /// who listens. Ours would come first, and theirs would never be reached again.
    package static func rewrites(_ ports: Set<Int>, in ruleset: String) -> [Int: String] {
        var found: [Int: String] = [:]
        var table = ""
        for line in ruleset.split(separator: "\n") {
            if line.hasPrefix("table ") {
                table = line.split(separator: " ").dropFirst().prefix(2).joined(separator: " ")
            }
            // firewalld's redirections to this host are what our own opening line leaves there; ours come before them.
            let mark = table == "inet firewalld" ? ["dnat "] : ["dnat ", "redirect to"]
            guard !table.contains(" bundle"), mark.contains(where: { line.contains($0) }) else { continue }
            let words = line.split(whereSeparator: { "\t {},".contains($0) })
            guard let place = words.firstIndex(of: "dport"), words.prefix(place).last == "tcp" else { continue }
            for word in words[(place + 1)...].prefix(while: { Int($0) != nil }) {
                if let port = Int(word), ports.contains(port) {
                    found[port] = "\(table): \(line.drop { $0 == "\t" || $0 == " " })"
                }
            }
        }
        return found
    }
}
