// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension NFTablesText {
    /// Every stable port in one transaction: all of it happens, or none.
    package func flip(to desired: TrafficTable) -> String {
        var elements: [String: [String]] = [:]
        for entry in desired.entries {
            let map = entry.exposure == .public ? "public" : "host"
            elements["\(map)4", default: []].append("\(entry.port) : \(entry.v4.address) . \(entry.v4.port)")
            for range in entry.sources {
                elements[range.isIPv6 ? "near6" : "near4", default: []].append("\(range.text) . \(entry.port)")
            }
            if let v6 = entry.v6 {
                elements["\(map)6", default: []].append("\(entry.port) : \(v6.address) . \(v6.port)")
            }
        }
        var lines: [String] = []
        for (kind, map) in [
            ("map", "host4"), ("map", "host6"), ("set", "near4"), ("set", "near6"), ("map", "public4"),
            ("map", "public6"),
        ] {
            lines.append("flush \(kind) inet \(table) \(map)")
            if let list = elements[map] {
                lines.append("add element inet \(table) \(map) { \(list.joined(separator: ", ")) }")
            }
        }
        return (lines + endAside).joined(separator: "\n") + "\n"
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
