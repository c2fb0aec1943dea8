// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// HAProxy's configuration and its map, as text (decision 0042). The configuration has every place where a copy could be;
/// which of them serves is in the map alone, so a flip changes one file and no listener.
package struct HAProxyText: Equatable, Sendable {
    package let addresses: SlotAddresses
    /// Where both files are.
    package let directory: HostPath
    /// Whether this host can bind IPv6 at all.
    package let hasIPv6: Bool

    package init(addresses: SlotAddresses, directory: HostPath, hasIPv6: Bool) {
        self.addresses = addresses
        self.directory = directory
        self.hasIPv6 = hasIPv6
    }

    package static func config(in directory: HostPath) -> HostPath { directory / "haproxy.cfg" }
    package static func map(in directory: HostPath) -> HostPath { directory / "ports.map" }
    private var map: HostPath { HAProxyText.map(in: directory) }

    /// The whole file. Its second line has the text's own digest, which the running program tells again (`show info`): so
    /// what runs is told from what is on disk.
    package func config(_ table: TrafficTable) -> String {
        let body = ([global, defaults] + table.entries.flatMap(frontends) + backends(table) + [closed]).joined(
            separator: "\n\n")
        let digest = Digest.ofBytes(Array(body.utf8)).hex
        return "# Written by bundle; whatever is changed here is undone at the next cutover.\n"
            + "# \(digest)\n\n" + body.replacing(HAProxyText.place, with: digest) + "\n"
    }

    /// The digest of a configuration, from its second line.
    package static func digest(of config: String) -> String {
        String(config.split(separator: "\n").dropFirst().first?.dropFirst(2) ?? "")
    }

    private static let place = "DIGEST"

    /// Headers as large as servers take them; the connection of a client whose process is gone is noticed.
    private var global: String {
        """
        global
            description \(HAProxyText.place)
            tune.bufsize 32768
        """
    }

    /// Nothing is cut that rules in the kernel would not cut: the services have timeouts of their own. A connection to a
    /// slot may take as long as a hold and more, since the kernel sends the dropped SYN again.
    private var defaults: String {
        """
        defaults
            timeout connect 2m
            timeout client 20d
            timeout server 20d
            timeout tunnel 20d
            retries 3
            option clitcpka
            option srvtcpka
        """
    }

    /// `http-server-close`: each request goes where the map says when it comes. `idle-close-on-response`: a reload takes no
    /// connection from a client who is about to use it.
    private static let http = [
        "mode http", "option http-server-close", "option forwardfor", "option idle-close-on-response",
        "option http-ignore-probes", "timeout http-keep-alive 1h", "timeout http-request 5m",
    ]

    // MARK: - Listeners

    private enum Family: String, CaseIterable {
        case v4
        case v6
    }

    private var families: [Family] { hasIPv6 ? Family.allCases : [.v4] }

    /// At the product's own address, to which the kernel leads whoever may come: the service's port may be free there alone.
    private func frontends(_ entry: TrafficTable.Entry) -> [String] {
        families.map { family in
            let place = family == .v4 ? addresses.proxy(port: entry.port) : addresses.proxy6(port: entry.port)
            let mode = entry.http ? HAProxyText.http : ["mode tcp"]
            let closed = entry.http ? "http.closed" : "tcp.closed"
            let lines =
                ["frontend \(entry.port).\(family.rawValue)"] + mode
                + ["bind \(place)", "use_backend %[fe_name,map(\(map),\(closed))]"]
            return lines.joined(separator: "\n    ")
        }
    }

    // MARK: - Places

    /// Both slots of a service that has two copies, whichever serves.
    private func backends(_ table: TrafficTable) -> [String] {
        var names: Set<String> = []
        var found: [String] = []
        for entry in table.entries {
            let isOnce = entry.v4.address == addresses.v4(nil)
            for slot in isOnce ? [Slot?.none] : [.blue, .green] {
                let v4 = Endpoint(address: addresses.v4(slot), port: entry.v4.port)
                let v6 = Endpoint(address: addresses.v6(slot), port: entry.v4.port)
                for place in hasIPv6 ? [v4, v6] : [v4] {
                    let name = HAProxyText.backend(place, http: entry.http)
                    guard names.insert(name).inserted else { continue }
                    found.append(backend(name, place, http: entry.http))
                }
            }
        }
        return found
    }

    private func backend(_ name: String, _ place: Endpoint, http: Bool) -> String {
        let mode = http ? ["mode http", "option http-server-close", "http-reuse never"] : ["mode tcp"]
        return (["backend \(name)"] + mode + ["server slot \(place)"]).joined(separator: "\n    ")
    }

    /// For a port that leads nowhere, which no committed table has.
    private var closed: String { "backend http.closed\n    mode http\n\nbackend tcp.closed\n    mode tcp" }

    /// `http.169.254.77.1:20443`, `tcp.fd77::1:5432`.
    private static func backend(_ place: Endpoint, http: Bool) -> String {
        "\(http ? "http" : "tcp").\(place.address):\(place.port)"
    }

    package static func endpoint(ofBackend name: String) -> Endpoint? {
        guard let dot = name.firstIndex(of: "."), let colon = name.lastIndex(of: ":"), dot < colon,
            let port = Int(name[name.index(after: colon)...])
        else { return nil }
        return Endpoint(address: String(name[name.index(after: dot)..<colon]), port: port)
    }

    // MARK: - The map

    /// From listener to place. Clients by IPv6 reach a service that has IPv4 alone: that is nothing to a proxy.
    package func places(_ table: TrafficTable) -> [String: String] {
        var found: [String: String] = [:]
        for entry in table.entries {
            for family in families {
                let place = family == .v6 ? entry.v6 ?? entry.v4 : entry.v4
                found["\(entry.port).\(family.rawValue)"] = HAProxyText.backend(place, http: entry.http)
            }
        }
        return found
    }

    /// What the kernel does: it leads each stable port here, whoever serves.
    package func front(_ table: TrafficTable) -> TrafficTable {
        TrafficTable(
            table.entries.map { entry in
                var entry = entry
                entry.v4 = addresses.proxy(port: entry.port)
                entry.v6 = hasIPv6 ? addresses.proxy6(port: entry.port) : nil
                return entry
            })
    }

    /// What ports do, of what the kernel does and where listeners lead.
    package func behind(_ rules: TrafficState, _ places: [String: String]) -> TrafficState {
        var state = rules
        func follow(_ port: Int, _ ends: Set<Endpoint>) -> Set<Endpoint> {
            let listeners = [addresses.proxy(port: port): Family.v4, addresses.proxy6(port: port): .v6]
            return Set(
                ends.compactMap { end in
                    guard let family = listeners[end] else { return end }
                    return places["\(port).\(family.rawValue)"].flatMap(HAProxyText.endpoint)
                })
        }
        for (port, ends) in rules.everybody { state.everybody[port] = follow(port, ends) }
        for (port, ends) in rules.machine { state.machine[port] = follow(port, ends) }
        return state
    }

    package static func lines(_ places: [String: String]) -> String {
        places.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
    }
}
