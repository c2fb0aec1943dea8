// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Installer

/// Server-sent events and WebSockets, from servers that behave well, badly and not at all.
@Suite struct StreamProbeTests {
    private static let opening = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"

    private func ask(_ kind: ProbeQuestion.Kind, _ server: RawServer, milliseconds: Int = 20_000) async -> ProbeAnswer {
        await NetworkProbe(mark: nil).ask(ProbeQuestion(kind, at: server.endpoint, milliseconds: milliseconds))
    }

    private func events(_ behaviour: RawServer.Behaviour, expect: String? = nil, milliseconds: Int = 20_000)
        async throws
        -> ProbeAnswer
    {
        await ask(.events(path: "/t", expect: expect), try await RawServer(behaviour), milliseconds: milliseconds)
    }

    @Test func anEventIsWaitedFor() async throws {
        let server = try await RawServer(.answer(Self.opening + ": hello\n\nevent: t\ndata: {\"at\": 1}\n\n"))
        #expect(await ask(.events(path: "/t", expect: nil), server) == .events(last: "{\"at\": 1}"))
        let request = await server.stop()
        #expect(request.contains("Accept: text/event-stream\r\n"))
        let dripped = RawServer.Behaviour.drip(Self.opening + "data: a\n\ndata: b\n\n", milliseconds: 1)
        #expect(try await events(dripped, expect: "b") == .events(last: "b"))
    }

    @Test func whatIsNoEventIsNone() async throws {
        let comments = RawServer.Behaviour.answer(Self.opening + ": ping\n\nevent: x\n\nid: 7\n\ndata: half\n")
        #expect(try await events(comments, milliseconds: 300) == .events(last: nil))
        let others = RawServer.Behaviour.answer(Self.opening + "data: other\n\n")
        #expect(try await events(others, expect: "tick", milliseconds: 300) == .events(last: "other"))
        #expect(try await events(.answerAndClose(Self.opening + "data: half\n")) == .closed)
        let page = RawServer.Behaviour.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata: x\n\n")
        #expect(try await events(page) == .http(status: 200, body: "data: x\n\n"))
        #expect(try await events(.endless(Self.opening + "data: ")) == .tooLarge(limit: NetworkProbe.bodyLimit))
        #expect(try await events(.drip(Self.opening, milliseconds: 50), milliseconds: 300) == .timedOut)
        #expect(try await events(.silent, milliseconds: 300) == .timedOut)
    }

    @Test(arguments: [
        ("data: a\n\n", ["a"]), ("data:a\r\n\r\n", ["a"]), ("data: a\r\rdata: b\r\r", ["a", "b"]), ("data\n\n", [""]),
        ("data: a\ndata:  b\n\n", ["a\n b"]), (":data: a\n\n", []), ("datas: a\n\n", []), ("\n\n\n", []),
        ("data: a\n", []), ("retry: 5\ndata: a\nid: 1\n\n", ["a"]),
    ])
    func streamsAreReadAsWrittenDown(text: String, expected: [String]) {
        var whole = EventStream()
        #expect(whole.take(Array(text.utf8)) == expected)
        var bytewise = EventStream()
        #expect(text.utf8.flatMap { bytewise.take([$0]) } == expected)
    }

    @Test func aSocketIsOpenedAndAnswers() async throws {
        let server = try await SocketServer(.echo)
        let probe = NetworkProbe(mark: nil)
        func ask(_ send: String?, _ expect: String?, _ milliseconds: Int = 20_000) async -> ProbeAnswer {
            await probe.ask(
                ProbeQuestion(
                    .webSocket(path: "/ws", send: send, expect: expect), at: server.endpoint, milliseconds: milliseconds
                ))
        }
        #expect(await ask(nil, nil) == .webSocket(last: nil))
        #expect(await ask("ping 7", "ping 7") == .webSocket(last: "ping 7"))
        #expect(await ask("ping 7", "pong", 300) == .webSocket(last: "ping 7"))
        #expect(await ask(nil, "INFO", 300) == .webSocket(last: nil))
        await server.stop()
    }

    /// Fragments, pings in between, binary: as a server may send them (RFC 6455 §5.4).
    @Test(arguments: [(SocketServer.Behaviour.greets("INFO {}"), "INFO {}"), (.fragments(["IN", "FO"]), "INFO")])
    func whatAServerSaysFirstIsHeard(behaviour: SocketServer.Behaviour, message: String) async throws {
        let server = try await SocketServer(behaviour)
        let question = ProbeQuestion(
            .webSocket(path: "/ws", send: nil, expect: "INFO"), at: server.endpoint, milliseconds: 20_000)
        #expect(await NetworkProbe(mark: nil).ask(question) == .webSocket(last: message))
        await server.stop()
    }

    @Test func whatIsNoSocketIsNone() async throws {
        let kind = ProbeQuestion.Kind.webSocket(path: "/", send: nil, expect: "x")
        func ask(_ behaviour: RawServer.Behaviour) async throws -> ProbeAnswer {
            await self.ask(kind, try await RawServer(behaviour), milliseconds: 500)
        }
        let refusal = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
        #expect(try await ask(.answer(refusal)) == .http(status: 404, body: "no"))
        // A key that was not ours is an answer to somebody else (RFC 6455 §4.1).
        let wrong = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        #expect(try await ask(.answer(wrong + "Sec-WebSocket-Accept: AAAA\r\n\r\n")) == .malformed)
        #expect(try await ask(.answer(wrong + "\r\n")) == .malformed)
        #expect(try await ask(.silent) == .timedOut)
        #expect(try await ask(.answerAndClose("")) == .closed)
        let huge = try await SocketServer(.huge)
        let question = ProbeQuestion(kind, at: huge.endpoint, milliseconds: 20_000)
        #expect(await NetworkProbe(mark: nil).ask(question) == .tooLarge(limit: NetworkProbe.bodyLimit))
    }

    @Test func headersWithoutEndAreLeft() async throws {
        let many = (0..<300).map { "X-\($0): \(String(repeating: "a", count: 2000))\r\n" }.joined()
        for kind in [ProbeQuestion.Kind.http(path: "/"), .events(path: "/", expect: nil)] {
            let server = try await RawServer(.answer("HTTP/1.1 200 OK\r\n\(many)Content-Length: 0\r\n\r\n"))
            guard case .tooLarge = await ask(kind, server) else {
                Issue.record("600 KB of headers were read")
                continue
            }
        }
    }
}
