// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Installer

/// The gRPC health protocol, from servers that keep it and servers that do not.
@Suite struct HealthCallTests {
    private func ask(_ endpoint: Endpoint, service: String = "", milliseconds: Int = 20_000) async -> ProbeAnswer {
        let question = ProbeQuestion(.grpc(service: service), at: endpoint, milliseconds: milliseconds)
        return await NetworkProbe(mark: nil).ask(question)
    }

    private func ask(_ behaviour: CallServer.Behaviour, milliseconds: Int = 20_000) async throws -> ProbeAnswer {
        let server = try await CallServer(behaviour)
        let answer = await ask(server.endpoint, milliseconds: milliseconds)
        _ = await server.stop()
        return answer
    }

    @Test func theCallIsTheProtocols() async throws {
        let server = try await CallServer()
        #expect(await ask(server.endpoint, service: "memory") == .grpc(status: 0, message: "", serving: .serving))
        let notes = await server.stop()
        for line in [
            ":method: POST", ":path: /grpc.health.v1.Health/Check", "content-type: application/grpc", "te: trailers",
            "grpc-timeout: 20000m", ":scheme: http", "[0, 0, 0, 0, 8, 10, 6, 109, 101, 109, 111, 114, 121]",
        ] {
            #expect(notes.contains(line))
        }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0, 2, 8, 2], .notServing), ([0, 0, 0, 0, 0], .unknown), ([0, 0, 0, 0, 2, 8, 9], .unknown),
            ([0, 0, 0, 0, 2, 8, 3], .serviceUnknown), ([0, 0, 0, 0, 5, 0x12, 1, 97, 8, 1], .serving),
        ] as [([UInt8], ServingStatus)])
    func itsWordIsRead(message: [UInt8], serving: ServingStatus) async throws {
        #expect(try await ask(.init(message: message)) == .grpc(status: 0, message: "", serving: serving))
    }

    @Test(
        arguments: [
            [], [0, 0, 0, 0], [1, 0, 0, 0, 2, 8, 1], [0, 0, 0, 0, 9, 8, 1], [0, 0, 0, 0, 1, 8],
            [0, 0, 0, 0, 2, 0x0a, 9],
            [0, 0, 0, 0, 1, 0x0f], [0, 0, 0, 0, 12, 8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
            [0, 255, 255, 255, 255, 8, 1],
        ] as [[UInt8]])
    func whatIsNoMessageIsNone(message: [UInt8]) async throws {
        #expect(HealthCall.status(in: message) == nil)
        #expect(try await ask(.init(message: message)) == .malformed)
    }

    @Test func aCallThatFailedSaysWhy() async throws {
        let unknown = CallServer.Behaviour(message: [], status: "5", words: "unknown service")
        #expect(try await ask(unknown) == .grpc(status: 5, message: "unknown service", serving: nil))
        #expect(try await ask(.init(http: "502")) == .http(status: 502, body: ""))
        #expect(try await ask(.init(status: nil)) == .malformed)
        #expect(try await ask(.init(status: "fine")) == .malformed)
        #expect(
            try await ask(.init(message: [UInt8](repeating: 0, count: 5000))) == .tooLarge(limit: 4096))
        #expect(try await ask(.init(isSilent: true), milliseconds: 300) == .timedOut)
        let huge = try await ask(.init(padding: 40))
        #expect([.malformed, .closed].contains(huge))
    }

    @Test func anotherProtocolIsNone() async throws {
        let web = try await RawServer(.answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
        #expect(await ask(web.endpoint, milliseconds: 5000) == .malformed)
        #expect(await ask(try await RawServer(.answerAndClose("")).endpoint) == .closed)
        #expect(await ask(try await RawServer(.silent).endpoint, milliseconds: 300) == .timedOut)
        #expect(await ask(Endpoint(address: "127.77.1.9", port: 1)) == .refused)
    }

    @Test func itIsAskedOverTLSToo() async throws {
        let certificates = try await TestCertificates()
        try await certificates.signed("site", name: "twin.local")
        let server = try await CallServer(tls: try certificates.server("site", protocols: ["h2"]))
        var question = ProbeQuestion(.grpc(service: ""), at: server.endpoint, host: "twin.local", milliseconds: 20_000)
        question.certificates = try certificates.pem("ca")
        #expect(await NetworkProbe(mark: nil).ask(question) == .grpc(status: 0, message: "", serving: .serving))
        question.host = "other.local"
        #expect(await NetworkProbe(mark: nil).ask(question) == .unproven(.otherName(["twin.local"])))
        let notes = await server.stop()
        #expect(notes.contains(":scheme: https"))
        #expect(notes.contains(":authority: twin.local"))
    }
}
