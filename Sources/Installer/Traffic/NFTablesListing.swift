// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials

/// Reads what `nft -j list table` prints (libnftables-json(5)), as far as it is ours.
struct NFTablesListing {
    /// The kernel's own table, whatever stands in it.
    private indirect enum Value: Decodable {
        case number(Int)
        case text(String)
        case list([Value])
        case object([String: Value])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else {
                self = .other
            }
        }

        subscript(_ key: String) -> Value? {
            guard case .object(let object) = self else { return nil }
            return object[key]
        }

        var elements: [Value] {
            guard case .list(let list) = self else { return [] }
            return list
        }

        var number: Int? {
            guard case .number(let number) = self else { return nil }
            return number
        }

        var text: String? {
            guard case .text(let text) = self else { return nil }
            return text
        }

        /// `{"concat": ["169.254.77.1", 20443]}`
        var endpoint: Endpoint? {
            guard let parts = self["concat"]?.elements, parts.count == 2, let address = parts[0].text,
                let port = parts[1].number
            else { return nil }
            return Endpoint(address: address, port: port)
        }

        var range: AddressRange? {
            if let prefix = self["prefix"], let address = prefix["addr"]?.text, let bits = prefix["len"]?.number {
                return AddressRange("\(address)/\(bits)")
            }
            return text.flatMap { AddressRange($0) }
        }

        /// An element with a timeout is wrapped: `{"elem": {"val": …, "timeout": 20, "expires": 18}}`.
        var unwrapped: Value { self["elem"]?["val"] ?? self }
    }

    let state: TrafficState

    init(json: [UInt8]) throws(TrafficError) {
        guard let document = try? JSONDecoder().decode(Value.self, from: Data(json)),
            let items = document["nftables"]?.elements
        else { throw .unreadable(String(decoding: json.prefix(200), as: UTF8.self)) }
        var state = TrafficState()
        var rules: [String: Int] = [:]
        var places = Set<String>()
        for item in items {
            for kind in ["chain", "map", "set"] {
                if let name = item[kind]?["name"]?.text { places.insert("\(kind) \(name)") }
            }
            if let rule = item["rule"], let chain = rule["chain"]?.text {
                if chain == NFTablesText.shareChain {
                    state.idle.share = state.idle.share ?? NFTablesListing.share(in: rule)
                } else if !NFTablesListing.read(rule: rule, of: chain, into: &state) {
                    rules[chain, default: 0] += 1
                }
            }
            if let map = item["map"] { try NFTablesListing.read(map: map, into: &state) }
            if let set = item["set"] { try NFTablesListing.read(set: set, into: &state) }
        }
        state.strangers = places.subtracting(NFTablesText.places)
        state.isWhole = places == NFTablesText.places && rules == NFTablesText.ruleCounts
        self.state = state
    }

    /// `tcp dport 443 dnat ip to 169.254.77.1:20443` of a port, `ip saddr 10.9.0.0/24 tcp dport 9100 jump host_ports` of a
    /// network that reaches one.
    /// - Returns: false for a rule that is neither, in whatever chain.
    private static func read(rule: Value, of chain: String, into state: inout TrafficState) -> Bool {
        guard NFTablesText.portChains.contains(chain) else { return false }
        var matched: [String: Value] = [:]
        var rewrite: Value?
        var leadsOn = false
        for expression in rule["expr"]?.elements ?? [] {
            if let match = expression["match"], let left = match["left"] {
                let field = left["payload"]?["field"]?.text ?? left["meta"]?["key"]?.text
                matched[match["op"]?.text == "==" ? field ?? "" : ""] = match["right"]
            }
            rewrite = rewrite ?? expression["dnat"]
            leadsOn = leadsOn || expression["jump"]?["target"]?.text == NFTablesText.hostPorts
        }
        matched["nfproto"] = nil
        guard let port = matched["dport"]?.number else { return false }
        if chain == NFTablesText.neighbours {
            guard leadsOn, matched.count == 2, let range = matched["saddr"]?.range else { return false }
            state.neighbours[port, default: []].insert(range)
            return true
        }
        guard matched.count == 1, let address = rewrite?["addr"]?.text, let target = rewrite?["port"]?.number else {
            return false
        }
        let place = Endpoint(address: address, port: target)
        if chain == NFTablesText.publicPorts {
            state.everybody[port, default: []].insert(place)
        } else {
            state.machine[port, default: []].insert(place)
        }
        return true
    }

    /// `{"concat": [{"prefix": {"addr": "10.9.0.0", "len": 24}}, 9100]}`; one address is a text. Of a table that was written
    /// before decision 0044, as the maps below but `idle4` and `idle6`.
    private static func read(ranges set: Value, into state: inout TrafficState) throws(TrafficError) {
        for element in set["elem"]?.elements ?? [] {
            let parts = element.unwrapped["concat"]?.elements ?? []
            guard parts.count == 2, let port = parts[1].number, let range = parts[0].range else {
                throw .unreadable("set \(set["name"]?.text ?? "")")
            }
            state.neighbours[port, default: []].insert(range)
        }
    }

    private static func read(map: Value, into state: inout TrafficState) throws(TrafficError) {
        let name = map["name"]?.text ?? ""
        guard ["idle", "public", "host"].contains(String(name.dropLast())) else { return }
        for element in map["elem"]?.elements ?? [] {
            let pair = element.elements
            guard pair.count == 2, let port = pair[0].unwrapped.number, let endpoint = pair[1].endpoint else {
                throw .unreadable("map \(name)")
            }
            if name.hasPrefix("idle") {
                state.idle.places[port, default: []].insert(endpoint)
            } else if name.hasPrefix("public") {
                state.everybody[port, default: []].insert(endpoint)
            } else {
                state.machine[port, default: []].insert(endpoint)
            }
        }
    }

    /// `{"match": {"op": "<", "left": {"numgen": …}, "right": 10}}`
    private static func share(in rule: Value?) -> Int? {
        for expression in rule?["expr"]?.elements ?? [] {
            if let match = expression["match"], match["left"]?["numgen"] != nil { return match["right"]?.number }
        }
        return nil
    }

    /// `"10.0.0.1"`, `{"prefix": {"addr": "10.0.0.0", "len": 8}}`, or a range of two addresses.
    private static func network(_ element: Value) -> String? {
        if let text = element.text { return text }
        if let prefix = element["prefix"], let address = prefix["addr"]?.text, let length = prefix["len"]?.number {
            return "\(address)/\(length)"
        }
        let ends = element["range"]?.elements.compactMap(\.text) ?? []
        return ends.count == 2 ? ends.joined(separator: "-") : nil
    }

    private static func read(set: Value, into state: inout TrafficState) throws(TrafficError) {
        if set["name"]?.text?.hasPrefix("near") == true { return try read(ranges: set, into: &state) }
        let name = set["name"]?.text ?? ""
        guard NFTablesText.places.contains("set \(name)") else { return }
        for element in set["elem"]?.elements ?? [] {
            if name.hasPrefix("preview"), let network = network(element.unwrapped) {
                state.idle.networks.insert(network)
            } else if name == "canary", let port = element.unwrapped.number {
                state.idle.canaryPorts.insert(port)
            } else if let port = element.unwrapped.number {
                state.heldPorts.insert(port)
            } else if let endpoint = element.unwrapped.endpoint {
                state.heldEndpoints.insert(endpoint)
            } else {
                throw .unreadable("set \(name)")
            }
        }
    }
}
