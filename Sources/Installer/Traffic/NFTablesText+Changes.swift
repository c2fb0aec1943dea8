// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension NFTablesText {
    /// Every stable port in one transaction: all of it happens, or none.
    package func flip(to desired: TrafficTable) -> String {
        (ports(desired) + endAside).joined(separator: "\n") + "\n"
    }

    func ports(_ desired: TrafficTable) -> [String] {
        var rules: [String: [String]] = [:]
        for entry in desired.entries {
            let chain = entry.exposure == .public ? NFTablesText.publicPorts : NFTablesText.hostPorts
            for place in [entry.v4, entry.v6].compactMap({ $0 }) {
                let (family, target) = place.isIPv6 ? ("ip6", "[\(place.address)]") : ("ip", place.address)
                rules[chain, default: []].append(
                    "meta nfproto ipv\(place.isIPv6 ? 6 : 4) tcp dport \(entry.port) "
                        + "dnat \(family) to \(target):\(place.port)")
            }
            rules[NFTablesText.neighbours, default: []] += entry.sources.map {
                "\($0.isIPv6 ? "ip6" : "ip") saddr \($0.text) tcp dport \(entry.port) jump \(NFTablesText.hostPorts)"
            }
        }
        return NFTablesText.portChains.flatMap { chain in
            ["flush chain inet \(table) \(chain)"]
                + (rules[chain] ?? []).map { "add rule inet \(table) \(chain) \($0)" }
        }
    }

    /// Elements that the kernel removes by itself after `span` (whole seconds, rounded up). Adding an element that is
    /// there leaves its old timeout, so each is added, deleted and added again: at no moment is it away.
    package func hold(_ held: HeldPorts, for span: TimeSpan) -> String {
        let timeout = " timeout \(max(1, (span.milliseconds + 999) / 1000))s"
        return change(held, [("add", timeout), ("delete", ""), ("add", timeout)])
    }

    /// Adds before it deletes, because deleting what has timed out is an error.
    package func release(_ held: HeldPorts) -> String { change(held, [("add", " timeout 1s"), ("delete", "")]) }

    /// `add` first, because deleting a table that is not there is an error.
    package var remove: String { "add table inet \(table)\ndelete table inet \(table)\n" }

    private func change(_ held: HeldPorts, _ verbs: [(verb: String, suffix: String)]) -> String {
        let four = held.endpoints.filter { !$0.isIPv6 }.map { "\($0.address) . \($0.port)" }
        let six = held.endpoints.filter(\.isIPv6).map { "\($0.address) . \($0.port)" }
        var lines: [String] = []
        for (set, keys) in [("held", held.ports.map(String.init)), ("held4", four), ("held6", six)] where !keys.isEmpty
        {
            for (verb, suffix) in verbs {
                let list = keys.map { $0 + suffix }.joined(separator: ", ")
                lines.append("\(verb) element inet \(table) \(set) { \(list) }")
            }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}
