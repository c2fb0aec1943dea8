// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Installer

/// The real client against servers that behave well, badly and not at all.
@Suite struct NetworkProbeTests {
    private let probe = NetworkProbe(mark: nil)

    private func ask(_ behaviour: RawServer.Behaviour, milliseconds: Int = 20_000, host: String? = nil) async throws
        -> (ProbeAnswer, String)
    {
        let server = try await RawServer(behaviour)
        let answer = await probe.ask(
            ProbeQuestion(.http(path: "/up?x=1"), at: server.endpoint, host: host, milliseconds: milliseconds))
        return (answer, await server.stop())
    }

    @Test func anAnswerIsReadWhole() async throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nall fit"
        let (answer, request) = try await ask(.answer(text), host: "twin.local")
        #expect(answer == .http(status: 200, body: "all fit"))
        #expect(request.hasPrefix("GET /up?x=1 HTTP/1.1\r\n"))
        #expect(request.contains("Host: twin.local\r\n"))
    }

    @Test(arguments: [(503, "Service Unavailable"), (302, "Found"), (204, "No Content")])
    func aStatusIsAnAnswerAndNothingIsFollowed(status: Int, reason: String) async throws {
        let text = "HTTP/1.1 \(status) \(reason)\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        #expect(try await ask(.answer(text)).0 == .http(status: status, body: ""))
    }

    @Test func aBodyWithoutLengthEndsWithTheConnection() async throws {
        #expect(try await ask(.answerAndClose("HTTP/1.0 200 OK\r\n\r\nok")).0 == .http(status: 200, body: "ok"))
    }

    @Test func aBodyWithoutEndIsCut() async throws {
        let (answer, _) = try await ask(.endless("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"))
        guard case .http(200, let body) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(body.utf8.count == NetworkProbe.bodyLimit)
    }

    @Test(arguments: [
        (RawServer.Behaviour.answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), ProbeAnswer.closed),
        (.answerAndClose(""), .closed), (.answerAndClose("SSH-2.0-x\r\n\r\n"), .malformed), (.reset, .reset),
    ])
    func whatIsNotAnAnswerHasAName(behaviour: RawServer.Behaviour, expected: ProbeAnswer) async throws {
        #expect(try await ask(behaviour).0 == expected)
    }

    @Test(arguments: [RawServer.Behaviour.silent, .answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")])
    func aServerThatNeverEndsIsLeft(behaviour: RawServer.Behaviour) async throws {
        #expect(try await ask(behaviour, milliseconds: 300).0 == .timedOut)
    }

    @Test func aConnectionIsEnoughForTCP() async throws {
        let server = try await RawServer(.silent)
        #expect(await probe.tcp(server.endpoint, milliseconds: 5000) == .connected)
        _ = await server.stop()
        let nobody = Endpoint(address: "127.77.1.9", port: 1)
        #expect(await probe.tcp(nobody, milliseconds: 5000) == .refused)
        #expect(await probe.ask(ProbeQuestion(.http(path: "/"), at: nobody, milliseconds: 5000)) == .refused)
    }
}
