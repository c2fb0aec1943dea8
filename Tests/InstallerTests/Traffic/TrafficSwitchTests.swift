// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

/// What every traffic driver must do; the namespaces show that the kernel agrees.
@Suite(.serialized) struct TrafficSwitchTests {
    private static func addresses() throws -> SlotAddresses { try #require(SlotAddresses(index: 3)) }

    private static func table(_ slot: Slot) throws -> TrafficTable {
        let addresses = try addresses()
        return TrafficTable([
            .init(
                port: 443, exposure: .public, v4: addresses.endpoint(slot, port: 443),
                v6: addresses.endpoint6(slot, port: 443)),
            .init(port: 9100, exposure: .host, v4: addresses.endpoint(slot, port: 9100)),
            .init(port: 6379, exposure: .public, v4: addresses.endpoint(nil, port: 6379)),
        ])
    }

    private static func held() throws -> HeldPorts {
        let addresses = try addresses()
        return HeldPorts(
            ports: [6379], endpoints: [addresses.endpoint(nil, port: 6379), addresses.endpoint6(nil, port: 6379)])
    }

    /// The conformance suite.
    private func conforms(_ driver: any TrafficSwitch) async throws {
        #expect(try await driver.current() == nil)
        #expect(try await driver.ensure())
        #expect(try await driver.current() == TrafficState())
        try await driver.flip(to: try Self.table(.blue))
        #expect(try await driver.current()?.does(try Self.table(.blue)) == true)
        _ = try await driver.ensure()
        #expect(try await driver.current()?.does(try Self.table(.blue)) == true, "ensure disturbs nothing")
        try await driver.flip(to: try Self.table(.green))
        #expect(try await driver.current()?.portsThatDiffer(from: try Self.table(.blue)) == [443, 9100])
        try await driver.hold(try Self.held(), for: .seconds(60))
        try await driver.hold(try Self.held(), for: .seconds(60))
        let state = try await driver.current()
        #expect(state?.heldPorts == [6379])
        #expect(try state?.heldEndpoints == Set(Self.held().endpoints))
        try await driver.release(try Self.held())
        try await driver.release(try Self.held())
        #expect(try await driver.current()?.heldPorts == [])
        try await driver.flip(to: TrafficTable())
        #expect(try await driver.current() == TrafficState())
        try await driver.remove()
        try await driver.remove()
        #expect(try await driver.current() == nil)
    }

    @Test func theFakeConforms() async throws { try await conforms(FakeSwitch()) }

    private func inNamespaces(
        _ name: String, _ kind: TrafficDriver = .nftables,
        _ body: (NamespacePair, any TrafficSwitch) async throws -> Void
    ) async throws {
        let spaces = try await NamespacePair(name + kind.rawValue.prefix(1))
        let product = try #require(ReleaseName("pagi"))
        let runner = Namespaced(space: spaces.host)
        let kernel = NFTablesSwitch(product: product, addresses: try Self.addresses(), runner: runner)
        let proxy = try NamespacedProxy(space: spaces.host)
        let forwarder = try NamespacedForwarder(space: spaces.host)
        let driver: any TrafficSwitch =
            switch kind {
            case .nftables: kernel
            case .haproxy:
                HAProxySwitch(
                    addresses: try Self.addresses(), kernel: kernel, directory: proxy.config,
                    program: "/usr/sbin/haproxy", process: proxy, runner: runner)
            case .sockets:
                SocketsSwitch(
                    addresses: try Self.addresses(), kernel: kernel, routes: forwarder.routes, process: forwarder,
                    runner: runner)
            }
        do {
            try await body(spaces, driver)
        } catch {
            try await proxy.remove()
            try await forwarder.remove()
            try await spaces.takeDown()
            throw error
        }
        try await proxy.remove()
        try await forwarder.remove()
        try await spaces.takeDown()
    }

    private static let drivers: [TrafficDriver] =
        [.nftables, .sockets] + (NamespacedProxy.isPossible ? [.haproxy] : [])

    @Test(.enabled(if: NamespacePair.isPossible, "needs root, nft and ip"), arguments: drivers)
    func driversConform(_ kind: TrafficDriver) async throws {
        try await inNamespaces("a", kind) { _, driver in try await conforms(driver) }
    }

    @Test(.enabled(if: NamespacedProxy.isPossible, "needs root, nft, ip and haproxy"))
    func aProxyThatDiesIsMissedAndComesBackAsItWas() async throws {
        try await inNamespaces("e", .haproxy) { spaces, driver in
            _ = try await driver.ensure()
            try await driver.flip(to: try Self.table(.blue))
            try await driver.flip(to: try Self.table(.green))
            try await spaces.serving(try Self.places()) {
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/443") == ["green"])
                let kill =
                    "for p in $(ip netns pids \(spaces.host)); do [ $(cat /proc/$p/comm) != haproxy ] || kill -9 $p; done"
                _ = try await SystemCommandRunner().run(Command(["sh", "-c", kill]))
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/443") == ["refused"])
                #expect(try await driver.current()?.does(try Self.table(.green)) == false)
                _ = try await driver.ensure()
                #expect(try await driver.current()?.does(try Self.table(.green)) == true)
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/443") == ["green"])
            }
        }
    }

    @Test(.enabled(if: NamespacedProxy.isPossible, "needs root, nft, ip and haproxy"))
    func aPortOfSomebodyElseIsRefusedAndWhatWasStays() async throws {
        try await inNamespaces("f", .haproxy) { spaces, driver in
            _ = try await driver.ensure()
            try await driver.flip(to: try Self.table(.blue))
            let more =
                try Self.table(.green).entries + [
                    .init(port: 7443, exposure: .public, v4: try Self.addresses().endpoint(.green, port: 7443))
                ]
            try await spaces.serving(try Self.places() + ["\(try Self.addresses().spare4)/7443/stranger"]) {
                await #expect(throws: TrafficError.self) { try await driver.flip(to: TrafficTable(more)) }
                try await driver.flip(to: try Self.table(.blue))
                #expect(try await driver.current()?.does(try Self.table(.blue)) == true)
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/443") == ["blue"])
            }
        }
    }

    @Test(.enabled(if: NamespacePair.isPossible, "needs root, nft and ip"))
    func aRuleThatSomebodyTookIsMissedAndPutBack() async throws {
        try await inNamespaces("b") { spaces, driver in
            _ = try await driver.ensure()
            try await driver.flip(to: try Self.table(.blue))
            let runner = Namespaced(space: spaces.host)
            _ = try await runner.run(Command(["nft", "flush", "chain", "inet", "bundle_pagi", "guard"]))
            #expect(try await driver.current()?.isWhole == false)
            _ = try await driver.ensure()
            #expect(try await driver.current()?.does(try Self.table(.blue)) == true)
            _ = try await runner.run(Command(["nft", "flush", "ruleset"]))
            #expect(try await driver.current() == nil)
        }
    }

    /// Of an earlier version, whose ports are elements of maps: no port leads elsewhere for a moment, nothing of it stays.
    @Test(.enabled(if: NamespacePair.isPossible, "needs root, nft and ip"))
    func aTableOfMapsBecomesOneOfChainsWithEveryPortWhereItLed() async throws {
        try await inNamespaces("v") { spaces, driver in
            let addresses = try Self.addresses()
            let near = [try #require(AddressRange("10.99.0.0/24")), try #require(AddressRange("fd99::/64"))]
            let table = TrafficTable(
                try Self.table(.blue).entries + [
                    .init(
                        port: 9200, exposure: .network("admin"), v4: addresses.endpoint(.blue, port: 9100),
                        sources: near)
                ])
            _ = try await driver.ensure()
            let runner = Namespaced(space: spaces.host)
            let former = Command(["nft", "-f", "-"], input: Array(TrafficGoldens.maps.utf8))
            #expect(try await runner.run(former).errorText == "")
            #expect(try await driver.current()?.isWhole == false)
            #expect(try await driver.current()?.portsThatDiffer(from: table) == [])
            _ = try await driver.ensure()
            let state = try #require(try await driver.current())
            #expect(state.does(table))
            #expect(state.heldPorts == [6379])
            try await spaces.serving(try Self.places()) {
                for (space, place) in [
                    (spaces.client, "10.99.0.1/443"), (spaces.client, "10.99.0.1/9200"),
                    (spaces.host, "127.0.0.1/9100"),
                ] {
                    let answer = try await spaces.connect(from: space, place)
                    #expect(answer == ["blue"], "\(place)")
                }
            }
        }
    }

    @Test(.enabled(if: NamespacePair.isPossible, "needs root, nft and ip"), arguments: drivers)
    func connectionsGoWhereTheyShould(_ kind: TrafficDriver) async throws {
        try await inNamespaces("c", kind) { spaces, driver in
            _ = try await driver.ensure()
            try await driver.flip(to: try Self.table(.blue))
            let places = try Self.places()
            try await spaces.serving(places) {
                let everywhere = ["127.0.0.1/443", "::1/443", "10.99.0.1/443", "fd99::1/443"]
                for place in everywhere { #expect(try await spaces.connect(from: spaces.host, place) == ["blue"]) }
                for place in everywhere.suffix(2) {
                    #expect(try await spaces.connect(from: spaces.client, place) == ["blue"])
                }
                try await driver.flip(to: try Self.table(.green))
                for place in everywhere { #expect(try await spaces.connect(from: spaces.host, place) == ["green"]) }
                #expect(try await spaces.connect(from: spaces.client, "fd99::1/443") == ["green"])
                // A host port is this machine's; a slot is asked by its own address and answers for itself.
                #expect(try await spaces.connect(from: spaces.host, "127.0.0.1/9100") == ["green"])
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/9100") == ["refused"])
                let idle = try Self.addresses().v4(.blue)
                #expect(try await spaces.connect(from: spaces.host, "\(idle)/20443") == ["blue"])
                #expect(try await spaces.connect(from: spaces.client, "\(idle)/20443") == ["timeout"])
                #expect(
                    try await spaces.connect(from: spaces.client, "\(Self.addresses().v6(.blue))/20443") == ["timeout"])
            }
        }
    }

    @Test(.enabled(if: NamespacePair.isPossible, "needs root, nft and ip"), arguments: drivers)
    func aHeldPortWaitsAndNeverRefuses(_ kind: TrafficDriver) async throws {
        try await inNamespaces("d", kind) { spaces, driver in
            _ = try await driver.ensure()
            try await driver.flip(to: try Self.table(.blue))
            let own = try Self.addresses().v4(nil)
            try await driver.hold(try Self.held(), for: .seconds(60))
            // Nobody listens yet: without the hold each of these would be refused.
            for (space, place) in [
                (spaces.client, "10.99.0.1/6379"), (spaces.host, "127.0.0.1/6379"), (spaces.host, "\(own)/6379"),
            ] {
                #expect(try await spaces.connect(from: space, seconds: 1, place) == ["timeout"])
            }
            try await spaces.serving(["\(own)/6379/once", "\(own)/7000/ready"]) {
                // Somebody listens now, and only we can tell.
                #expect(try await spaces.connect(from: spaces.host, seconds: 1, "\(own)/6379") == ["timeout"])
                #expect(try await spaces.probe("\(own)/6379") == "connected")
                #expect(try await spaces.probe("127.0.0.1/6379") == "connected")
                try await driver.release(try Self.held())
                #expect(try await spaces.connect(from: spaces.client, "10.99.0.1/6379") == ["once"])
                // The kernel ends a hold by itself; the client's own retransmission gets through.
                try await driver.hold(try Self.held(), for: .seconds(1))
                #expect(try await spaces.connect(from: spaces.client, seconds: 10, "10.99.0.1/6379") == ["once"])
            }
        }
    }

    private static func places() throws -> [String] {
        let addresses = try addresses()
        return [Slot.blue, .green].flatMap { slot in
            [
                "\(addresses.v4(slot))/20443/\(slot.rawValue)", "\(addresses.v6(slot))/20443/\(slot.rawValue)",
                "\(addresses.v4(slot))/9100/\(slot.rawValue)",
            ]
        }
    }
}
