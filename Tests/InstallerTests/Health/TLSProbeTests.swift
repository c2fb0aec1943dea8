// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOSSL
import Testing

@testable import Installer

/// Who is believed to be the server that was asked for.
@Suite struct TLSProbeTests {
    private let page = RawServer.Behaviour.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    private func ask(_ server: RawServer, _ certificates: [UInt8], host: String = "twin.local") async -> ProbeAnswer {
        let question = ProbeQuestion(
            .http(path: "/"), at: server.endpoint, host: host, certificates: certificates, milliseconds: 20_000)
        return await NetworkProbe(mark: nil).ask(question)
    }

    @Test func anAuthorityOrTheCertificateItselfProvesIt() async throws {
        let certificates = try await TestCertificates()
        try await certificates.signed("site", name: "twin.local")
        try await certificates.signed("wild", name: "*.twin.local")
        try await certificates.selfSigned("own", name: "twin.local")
        let ok = ProbeAnswer.http(status: 200, body: "ok")
        let site = try await RawServer(page, tls: try certificates.server("site"))
        #expect(await ask(site, try certificates.pem("ca")) == ok)
        #expect(await ask(site, try certificates.pem("site")) == ok)
        #expect(await ask(site, try certificates.pem("own") + certificates.pem("ca")) == ok)
        let wild = try await RawServer(page, tls: try certificates.server("wild"))
        for pem in [try certificates.pem("ca"), try certificates.pem("wild")] {
            #expect(await ask(wild, pem, host: "a.twin.local") == ok)
            #expect(await ask(wild, pem, host: "a.b.twin.local") == .unproven(.otherName(["*.twin.local"])))
        }
        let own = try await RawServer(page, tls: try certificates.server("own"))
        #expect(await ask(own, try certificates.pem("own")) == ok)
        let request = await site.stop()
        #expect(request.contains("Host: twin.local\r\n"))
    }

    @Test func anybodyElseIsNamed() async throws {
        let certificates = try await TestCertificates()
        try await certificates.authority("other")
        try await certificates.signed("site", name: "twin.local")
        try await certificates.signed("stranger", name: "twin.local", by: "other")
        try await certificates.signed("past", name: "twin.local", days: -1)
        let site = try await RawServer(page, tls: try certificates.server("site"))
        let ca = try certificates.pem("ca")
        #expect(await ask(site, ca, host: "other.local") == .unproven(.otherName(["twin.local"])))
        // Its own certificate proves no other name either.
        #expect(
            await ask(site, try certificates.pem("site"), host: "other.local") == .unproven(.otherName(["twin.local"])))
        let stranger = try await RawServer(page, tls: try certificates.server("stranger"))
        #expect(await ask(stranger, ca) == .unproven(.unknownIssuer))
        let past = try await RawServer(page, tls: try certificates.server("past"))
        for pem in [ca, try certificates.pem("past")] {
            guard case .unproven(.expired) = await ask(past, pem) else {
                Issue.record("an expired certificate was believed")
                continue
            }
        }
    }

    @Test func whatIsNoTLSIsSaidToBeNone() async throws {
        let certificates = try await TestCertificates()
        let plain = try await RawServer(.answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
        #expect(await ask(plain, try certificates.pem("ca")) == .unproven(.plainText))
        let closing = try await RawServer(.answerAndClose(""))
        #expect(await ask(closing, try certificates.pem("ca")) == .closed)
        guard case .notRun = await ask(plain, Array("no certificate".utf8)) else {
            Issue.record("a file without a certificate was believed")
            return
        }
    }

    @Test func aHandshakeThatNeverEndsIsLeft() async throws {
        let certificates = try await TestCertificates()
        let silent = try await RawServer(.silent)
        let question = ProbeQuestion(
            .http(path: "/"), at: silent.endpoint, host: "twin.local", certificates: try certificates.pem("ca"),
            milliseconds: 300)
        #expect(await NetworkProbe(mark: nil).ask(question) == .timedOut)
    }

    @Test(arguments: [
        ("twin.local", "twin.local", true), ("TWIN.local", "twin.LOCAL", true), ("*.local", "twin.local", false),
        ("*.twin.local", "a.twin.local", true), ("*.twin.local", "twin.local", false),
        ("*.twin.local", "a.b.twin.local", false), ("a*.twin.local", "ab.twin.local", false), ("*", "local", false),
    ])
    func aNameCoversWhatItSays(pattern: String, host: String, covers: Bool) {
        #expect(ServerIdentity.covers(pattern, host) == covers)
    }
}
