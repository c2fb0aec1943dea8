// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Testing

@testable import Installer

/// Units of held sockets as they come, change and go; each "service" is a socket at which somebody says yes.
@Suite struct SystemdForwarderTests {
    private struct Scene {
        let layout: HostLayout
        let services = ScriptedServices()
        let forwarder: SystemdForwarder

        init() throws {
            let root = try FileSystem.createTemporaryDirectory()
            let product = try #require(ReleaseName("pond"))
            let layout = HostLayout(root: root, product: product)
            self.layout = layout
            try FileSystem.createDirectories(layout.unitDirectory)
            forwarder = SystemdForwarder(layout: layout, routes: root / "routes.json", services: services)
            services.change {
                $0.whenStarted = { unit in
                    for turn in SocketUnits.Turn.allCases where SocketUnits.service(product, turn) == unit {
                        let control = SocketUnits.control(layout, turn)
                        guard try !FileSystem.exists(control) else { return }
                        try FileSystem.createDirectories(control.parent)
                        try await YesMan.stand(at: control)
                    }
                }
            }
        }

        func ports(_ numbers: [Int]) throws -> [HeldPort] {
            let addresses = try #require(SlotAddresses(index: 2))
            return numbers.map { port in
                let entry = TrafficTable.Entry(
                    port: port, exposure: port == 9100 ? .host : .public, v4: addresses.endpoint(.blue, port: port))
                return HeldPort(entry, addresses: addresses, hasIPv6: true)
            }
        }

        /// What was asked of systemd meanwhile.
        func calls(_ body: () async throws -> Void) async throws -> [String] {
            let before = services.calls.count
            try await body()
            return services.calls.dropFirst(before).map { $0.replacing("bundle-forward-pond.", with: "") }
        }

        var files: [String] { get throws { try FileSystem.list(layout.unitDirectory) } }
    }

    @Test func portsThatComeAndGoMoveToAnotherForwarder() async throws {
        let scene = try Scene()
        let first = try await scene.calls { try await scene.forwarder.keep(try scene.ports([443, 9100])) }
        #expect(first.filter { $0.hasPrefix("start") } == ["start 443.socket", "start 9100.socket", "start a.service"])
        #expect(first.first == "daemon-reload")
        let again = try await scene.calls { try await scene.forwarder.keep(try scene.ports([443, 9100])) }
        #expect(again == ["start a.service"], "whatever runs is left alone")
        let predicted = try SystemdForwarder.units([443, 7000], on: scene.layout)
        let other = try await scene.calls { try await scene.forwarder.keep(try scene.ports([443, 7000])) }
        #expect(other.contains("start b.service") && other.contains("stop 9100.socket"))
        #expect(!other.contains("stop 443.socket") && !other.contains("stop a.service"), "its clients stay")
        #expect(try scene.files == predicted.sorted())
        #expect(try scene.forwarder.control() == SocketUnits.control(scene.layout, .b))
        #expect(try scene.forwarder.draining() == [SocketUnits.control(scene.layout, .a)])
        // The first one has not ended yet: its name is not free.
        #expect(try SystemdForwarder.units([443], on: scene.layout).last == "bundle-forward-pond.c.service")
        try await scene.forwarder.remove()
        #expect(try scene.files.isEmpty)
        #expect(try scene.forwarder.control() == nil)
    }

    @Test func aPortOfSomebodyElseLeavesWhatWas() async throws {
        let scene = try Scene()
        try await scene.forwarder.keep(try scene.ports([443]))
        let files = try scene.files
        scene.services.change { $0.failingStarts["bundle-forward-pond.80.socket"] = "Address already in use" }
        await #expect(throws: UnitError.self) { try await scene.forwarder.keep(try scene.ports([80, 443])) }
        #expect(try scene.files == files)
        #expect(try scene.forwarder.control() == SocketUnits.control(scene.layout, .a))
        #expect(try await scene.forwarder.isWhole())
    }

    @Test func aSocketThatSomebodyStoppedIsMissedAndComesBackBehindTheForwarder() async throws {
        let scene = try Scene()
        try await scene.forwarder.keep(try scene.ports([443, 9100]))
        scene.services.change { $0.states["bundle-forward-pond.443.socket"] = nil }
        #expect(try await !scene.forwarder.isWhole())
        let calls = try await scene.calls { try await scene.forwarder.keep(try scene.ports([443, 9100])) }
        #expect(calls.filter { !$0.hasPrefix("reset") } == ["stop a.service", "start 443.socket", "start a.service"])
    }

    @Test func unitsHoldPublicPortsEverywhereAndHostPortsOnLoopback() throws {
        let scene = try Scene()
        let units = SocketUnits(
            layout: scene.layout, turn: .a, ports: try scene.ports([443, 8080, 9100]), routes: scene.layout.root / "r")
        let sockets = try units.texts().dropFirst().map { text in
            text.text.split(separator: "\n").filter { $0.hasPrefix("ListenStream=") }.map { $0.dropFirst(13) }
        }
        #expect(
            sockets == [
                ["0.0.0.0:443", "[::]:443"], ["169.254.77.8:8080", "[fd77::8]:8080"], ["127.0.0.1:9100", "[::1]:9100"],
            ])
        let service = try #require(try units.texts().first).text
        for line in ["Restart=on-failure", "StartLimitIntervalSec=0", "DynamicUser=yes", "CapabilityBoundingSet="] {
            #expect(service.contains("\n\(line)\n"))
        }
    }
}
