// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// One place outside, and what was put up for it.
actor NamespaceView: OutsideView {
    private let runner: any CommandRunner
    private let namespace: NetworkNamespace
    private let wire: OutsideWire
    private let hasIPv6: Bool
    /// What clients call this machine; its own end of the wire when it has no other address.
    private let target: String
    private let target6: String
    private var listeners: [SilentListener] = []
    private var rewriting: [OutsidePort] = []
    private var hasTable = false

    init(runner: any CommandRunner, namespace: NetworkNamespace, wire: OutsideWire, hasIPv6: Bool) {
        self.runner = runner
        self.namespace = namespace
        self.wire = wire
        self.hasIPv6 = hasIPv6
        let addresses = HostAddress.read().filter { $0.interface != wire.interface }
        target = HostAddress.choose(addresses.filter { !$0.isV6 }, route4: nil, route6: nil) ?? wire.near
        target6 = HostAddress.choose(addresses.filter(\.isV6), route4: nil, route6: nil) ?? wire.near6
    }

    func stand(behind ports: [OutsidePort]) async throws {
        let held = ports.filter(\.isHeld)
        let ports = ports.filter { !$0.isHeld }
        let ends = ports.flatMap { [$0.v4, hasIPv6 ? $0.v6 : nil].compactMap { $0 } }
        for command in wire.lend(Set(ends.map(\.address)).sorted()) {
            let result = try await runner.run(command)
            guard result.status == 0 else {
                throw OutsideError.impossible(what: "address", message: String(result.errorText.prefix(200)))
            }
        }
        listeners = try Set(ends.compactMap(\.socket)).map { try SilentListener(at: $0) }
        // Nobody but this look gets there. A port that somebody else has is told as that.
        for place in held.flatMap({
            [Endpoint(address: target, port: $0.number), Endpoint(address: target6, port: $0.number)]
        }) {
            if let listener = try? place.socket.map({ try SilentListener(at: $0, on: wire.interface) }) {
                listeners.append(listener)
            }
        }
        rewriting = hasIPv6 ? ports : ports.map { OutsidePort(number: $0.number, v4: $0.v4, v6: nil) }
        try await writeTable()
    }

    func connect(to ports: [OutsidePort], milliseconds: Int) async throws -> [OutsideAnswer] {
        var asked: [(port: Int, isV6: Bool, endpoint: SocketEndpoint)] = []
        for port in ports {
            if port.v4 != nil, let place = Endpoint(address: target, port: port.number).socket {
                asked.append((port.number, false, place))
            }
            if hasIPv6, port.v6 != nil, let place = Endpoint(address: target6, port: port.number).socket {
                asked.append((port.number, true, place))
            }
        }
        let endpoints = asked.map(\.endpoint)
        let answers = try await namespace.run { ConnectionAttempt.connect(to: endpoints, milliseconds: milliseconds) }
        return zip(asked, answers).map { OutsideAnswer(port: $0.port, isV6: $0.isV6, answer: $1) }
    }

    /// Tracing is only as long as somebody listens to it, and only for this wire.
    func block(of ports: [OutsidePort]) async throws -> FirewallBlock? {
        if !hasTable { try await writeTable() }
        let runner = runner
        async let trace = runner.run(Command(["timeout", "2", "nft", "monitor", "trace"], timeoutSeconds: 20))
        // It has to be listening when the packets come.
        try await Task.sleep(nanoseconds: 600_000_000)
        _ = try await connect(to: ports, milliseconds: 800)
        guard var block = FirewallTrace(try await trace.outputText).block else { return nil }
        switch block.firewall {
        case .firewalld:
            let zone = await clientZone()
            block.firewall = .firewalld(zone: zone)
            // Its answer to rewritten packets is the same in every zone.
            block.isCertain = zone == nil || block.place.hasSuffix("_dnat")
        case .ufw, .iptables:
            let family = block.place.split(separator: " ").first.map(String.init) ?? "ip"
            block.isCertain = try await !dependOnSender(family, "filter", "INPUT")
        case .nftables(let family, let table, let chain):
            block.isCertain = try await !dependOnSender(family, table, chain)
        }
        return block
    }

    /// In a task of its own: the one that asks may have been cancelled, and its programs with it.
    func close() async {
        listeners = []
        let delete = Command(["nft", "delete", "table", "inet", wire.table], timeoutSeconds: 30)
        // The namespace takes the wire along; this one does not wait for that.
        let commands = hasTable ? [wire.cut, delete] : [wire.cut]
        let runner = runner
        await Task.detached {
            for command in commands { _ = try? await runner.run(command) }
        }.value
    }

    private func writeTable() async throws {
        hasTable = true
        let text = OutsideTable(wire: wire, rewriting: rewriting).text
        let result = try await runner.run(Command(["nft", "-f", "-"], input: Array(text.utf8), timeoutSeconds: 30))
        guard result.status == 0 else {
            throw OutsideError.impossible(what: "nft", message: String(result.errorText.prefix(200)))
        }
    }

    private func dependOnSender(_ family: String, _ table: String, _ chain: String) async throws -> Bool {
        let result = try await runner.run(
            Command(["nft", "-s", "list", "table", family, table], timeoutSeconds: 30))
        return FirewallRules.dependOnSender(result.outputText, from: chain)
    }

    /// - Returns: the zone of the interface that clients come by, where that is not the default one. firewalld puts an
    ///   interface that it does not know, such as our wire, into the default zone.
    private func clientZone() async -> String? {
        guard let active = try? await runner.run(Command(["firewall-cmd", "--get-active-zones"])),
            let usual = try? await runner.run(Command(["firewall-cmd", "--get-default-zone"])),
            active.status == 0, usual.status == 0
        else { return nil }
        let interface = HostAddress.read().first { $0.address == target }?.interface ?? ""
        let zone = FirewallRules.zone(of: interface, in: active.outputText)
        let standard = usual.outputText.split(separator: "\n").first.map(String.init)
        return zone == standard ? nil : zone
    }
}
