// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import NIOPosix
import Testing

@testable import Installer

/// The forwarder with real sockets on loopback.
@Suite(.serialized) struct ForwarderTests {
    /// Services, by what each answers, and a forwarder at port 443 of nobody's.
    private final class Scene: Sendable {
        let forwarder: Forwarder
        let client: LoopbackSocket
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

        init(to place: Endpoint) async throws {
            client = try LoopbackSocket()
            forwarder = Forwarder(group: group, routes: Self.routes(place))
            try await forwarder.listen(on: [.init(name: "443", descriptor: client.descriptor, isIPv6: false)])
        }

        static func routes(_ place: Endpoint) -> ForwarderRoutes {
            ForwarderRoutes(TrafficTable([.init(port: 443, exposure: .public, v4: place)]))
        }

        func flip(to place: Endpoint) async throws {
            #expect(try await forwarder.answer(.flip(routes: Self.routes(place))).routes == Self.routes(place))
        }
    }

    @Test func aClientThatIsDoneWithAskingStillGetsItsWholeAnswer() async throws {
        let service = try LoopbackSocket()
        let scene = try await Scene(to: service.endpoint)
        let question = [UInt8](repeating: 7, count: 8 << 20)
        let heard = Task {
            try await Blocking.run { () -> Int in
                let connection = try service.accept()
                let heard = try connection.readAll().count
                // Longer than every buffer on the way, and the client is slow.
                try connection.write([UInt8](repeating: 9, count: 24 << 20))
                return heard
            }
        }
        let answer = try await Blocking.run { () -> [UInt8] in
            let connection = try LoopbackConnection(to: scene.client.endpoint)
            try connection.write(question)
            connection.endOutput()
            usleep(200_000)
            return try connection.readAll()
        }
        #expect(answer.count == 24 << 20 && answer.allSatisfy { $0 == 9 })
        #expect(try await heard.value == question.count)
        try await scene.forwarder.drain()
    }

    @Test func aCutIsPassedOnAsACut() async throws {
        let service = try LoopbackSocket()
        let scene = try await Scene(to: service.endpoint)
        Task {
            try await Blocking.run {
                let connection = try service.accept()
                try connection.write([1, 2, 3])
                usleep(50_000)
                connection.cut()
            }
        }
        await #expect(throws: SystemCallError.self) {
            _ = try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() }
        }
    }

    @Test func flipsLoseNobodyAndCountFromTheMomentTheyAreConfirmed() async throws {
        let blue = try LoopbackService("blue")
        let green = try LoopbackService("green")
        let scene = try await Scene(to: blue.endpoint)
        let clients = (0..<4).map { _ in
            Task {
                try await Blocking.run { () -> Int in
                    for turn in 0..<500 {
                        let said = try LoopbackConnection(to: scene.client.endpoint).readAll()
                        guard ["blue", "green"].contains(String(decoding: said, as: UTF8.self)) else { return turn }
                    }
                    return 500
                }
            }
        }
        for turn in 0..<40 {
            let service = turn % 2 == 0 ? green : blue
            try await scene.flip(to: service.endpoint)
            let said = try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() }
            #expect(String(decoding: said, as: UTF8.self) == service.name)
        }
        for client in clients { #expect(try await client.value == 500) }
    }

    @Test func aHoldKeepsClientsWaitingAndEndsByItself() async throws {
        let service = try LoopbackService("here")
        let scene = try await Scene(to: service.endpoint)
        #expect(try await scene.forwarder.answer(.hold(ports: [443], milliseconds: 60_000)).held == [443])
        let waiting = Task { try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() } }
        try await Task.sleep(nanoseconds: 300_000_000)
        #expect(try await scene.forwarder.answer(.show).open == 0, "nothing is accepted")
        #expect(try await scene.forwarder.answer(.release(ports: [443])).held == [])
        #expect(try await waiting.value == Array("here".utf8))
        _ = try await scene.forwarder.answer(.hold(ports: [443], milliseconds: 60_000))
        _ = try await scene.forwarder.answer(.hold(ports: [443], milliseconds: 200))
        let said = try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() }
        #expect(said == Array("here".utf8))
        #expect(try await scene.forwarder.answer(.show).held == [])
    }

    @Test func aServiceThatComesALittleLaterIsReachedAndOneThatNeverDoesCuts() async throws {
        let nobody = try LoopbackSocket()
        let place = nobody.endpoint
        nobody.close()
        let scene = try await Scene(to: place)
        let early = Task { try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() } }
        try await Task.sleep(nanoseconds: 200_000_000)
        let late = try LoopbackService("late")
        try await scene.flip(to: late.endpoint)
        #expect(try await early.value == Array("late".utf8))
        try await scene.flip(to: place)
        await #expect(throws: SystemCallError.self) {
            _ = try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint).readAll() }
        }
    }

    @Test func aHoldOutlivesTheForwarderThatWasToldOfIt() async throws {
        let memory = ForwarderMemory(at: try FileSystem.createTemporaryDirectory() / "holds.json")
        let group = MultiThreadedEventLoopGroup.singleton
        let first = Forwarder(group: group, routes: ForwarderRoutes(), memory: memory)
        _ = try await first.answer(.hold(ports: [443, 80], milliseconds: 60_000))
        _ = try await first.answer(.release(ports: [80]))
        let second = Forwarder(group: group, routes: ForwarderRoutes(), memory: memory)
        #expect(try await second.answer(.show).held == [443])
    }

    @Test func itKnowsWhoIsBehindAConnectionAndEndsWithTheLast() async throws {
        let service = try LoopbackSocket()
        let scene = try await Scene(to: service.endpoint)
        let client = try await Blocking.run { try LoopbackConnection(to: scene.client.endpoint) }
        let accepted = try await Blocking.run { try service.accept() }
        var led: [ForwardedClient] = []
        // The service may know of it a moment earlier.
        while led.isEmpty { led = try await scene.forwarder.answer(.clients).clients ?? [] }
        let wanted = ForwardedClient(client: try client.local, outgoing: try accepted.peer)
        #expect(led == [wanted])
        let drained = Task { try await scene.forwarder.drained() }
        #expect(try await scene.forwarder.answer(.drain).listening == [])
        try accepted.write([1])
        client.endOutput()
        accepted.endOutput()
        try await drained.value
        #expect(try await scene.forwarder.answer(.clients).clients == [])
    }
}
