// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Installer
import Testing

private let day: Int64 = 86_400

@Suite("A certificate of the site")
struct CertificateInspectionTests {
    private let workshop: CertificateWorkshop
    private let now: Int64

    init() throws {
        workshop = try CertificateWorkshop()
        // They are made after this line, and begin then.
        now = SystemClock().wallSeconds() + 600
    }

    private func judge(
        _ certificate: [UInt8], _ key: [UInt8]?, names: [String] = [], at time: Int64? = nil, known: [Int64] = []
    ) -> CertificateReport {
        CertificateInspection.judge(
            PlannedCertificate(id: "tls.crt", key: "tls.key", names: names, warn: .seconds(30 * 86_400)),
            certificate: certificate, key: key, time: BelievableTime(now: time ?? now, after: known))
    }

    @Test(
        "pairs with its key, of every kind",
        arguments: [
            ["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], ["ed25519"],
        ])
    func pairs(kind: [String]) async throws {
        defer { workshop.remove() }
        try await workshop.make("one", kind, names: "DNS:one.example")
        try await workshop.make("two", kind, names: "DNS:one.example")
        let certificate = try workshop.read("one.crt")
        #expect(judge(certificate, try workshop.read("one.key")) == CertificateReport(id: "tls.crt"))
        #expect(judge(certificate, try workshop.read("two.key")).faults == [.notAPair(key: "tls.key")])
        #expect(judge(certificate, nil).faults == [.keyMissing("tls.key")])
    }

    @Test("reads keys in their older forms, and a chain behind the first")
    func forms() async throws {
        defer { workshop.remove() }
        try await workshop.make("rsa", ["rsa:2048"], names: "DNS:a")
        try await workshop.make("ec", ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], names: "DNS:a")
        for (kind, name) in [("rsa", "rsa"), ("ec", "ec")] {
            let old = ["openssl", kind, "-in", workshop.path("\(name).key"), "-out", workshop.path("old.key")]
            try await workshop.run(kind == "rsa" ? old + ["-traditional"] : old)
            let chain = try workshop.read("\(name).crt") + workshop.read("rsa.crt")
            #expect(judge(chain, try workshop.read("old.key")).faults == [])
        }
        // The service's own has to come first.
        let wrongOrder = try workshop.read("rsa.crt") + workshop.read("ec.crt")
        #expect(judge(wrongOrder, try workshop.read("ec.key")).faults == [.notAPair(key: "tls.key")])
    }

    @Test("says what is no certificate and no key, and asks nobody for a passphrase")
    func unreadable() async throws {
        defer { workshop.remove() }
        try await workshop.make("one", ["ed25519"], names: "DNS:a")
        let certificate = try workshop.read("one.crt")
        for bytes in [[], Array("x".utf8), Array(certificate.dropLast(60)), try workshop.read("one.key")] {
            #expect(judge(bytes, nil).faults == [.unreadable])
        }
        for bytes in [[], Array("-----BEGIN PRIVATE KEY-----\n".utf8), certificate] {
            #expect(judge(certificate, bytes).faults == [.keyUnreadable])
        }
        try await workshop.run(
            ["openssl", "pkey", "-in", workshop.path("one.key"), "-aes128", "-passout", "pass:x", "-out"]
                + [workshop.path("locked.key")])
        #expect(judge(certificate, try workshop.read("locked.key")).faults == [.keyEncrypted])
    }

    @Test(
        "is held to the names that clients use",
        arguments: [
            ("twin.lan", true), ("TWIN.lan.", true), ("a.site.lan", true), ("a.b.site.lan", false), ("site.lan", false),
            ("192.0.2.7", true), ("192.0.2.8", false), ("2001:db8::7", true), ("2001:db8:0:0::7", true),
            ("one.example", false), ("win.lan", false),
        ])
    func names(name: String, isThere: Bool) async throws {
        defer { workshop.remove() }
        let names = "DNS:twin.lan,DNS:*.site.lan,IP:192.0.2.7,IP:2001:db8::7"
        try await workshop.make("one", ["ed25519"], names: names)
        let has = ["twin.lan", "*.site.lan", "192.0.2.7", "2001:db8:0:0:0:0:0:7"]
        let report = judge(try workshop.read("one.crt"), try workshop.read("one.key"), names: [name])
        #expect(report.faults == (isThere ? [] : [.namesMissing([name], has: has)]))
    }

    @Test("is not called by its common name")
    func commonName() async throws {
        defer { workshop.remove() }
        try await workshop.make("one", ["ed25519"], names: nil)
        let report = judge(try workshop.read("one.crt"), try workshop.read("one.key"), names: ["one.example"])
        #expect(report.faults == [.namesMissing(["one.example"], has: [])])
    }

    @Test("begins and ends")
    func time() async throws {
        defer { workshop.remove() }
        try await workshop.make("one", ["ed25519"], names: "DNS:a")
        let (certificate, key) = (try workshop.read("one.crt"), try workshop.read("one.key"))
        func at(_ offset: Int64) -> CertificateReport { judge(certificate, key, at: now + offset) }
        #expect(at(69 * day).notices == [])
        guard case .expiresSoon(let end, let days) = at(71 * day).notices.first else {
            Issue.record("no notice")
            return
        }
        #expect(days == 29 || days == 28)
        #expect(judge(certificate, key, at: end - 1).faults == [])
        #expect(judge(certificate, key, at: end).faults == [.expired(end)])
        let begin = end - 100 * day
        #expect(judge(certificate, key, at: begin - 10).notices == [.beginsSoon(begin)])
        #expect(judge(certificate, key, at: begin - 2 * day).faults == [.notYetValid(begin)])
    }

    /// A chain is as good as the first of its certificates to end.
    @Test("ends with the first of its chain")
    func chain() async throws {
        defer { workshop.remove() }
        try await workshop.make("one", ["ed25519"], names: "DNS:a")
        let short = ["openssl", "req", "-x509", "-nodes", "-days", "5", "-subj", "/CN=ca", "-newkey", "ed25519"]
        try await workshop.run(short + ["-keyout", workshop.path("ca.key"), "-out", workshop.path("ca.crt")])
        let chain = try workshop.read("one.crt") + workshop.read("ca.crt")
        let report = judge(chain, try workshop.read("one.key"), at: now + 6 * day)
        #expect(report.faults.count == 1)
    }

    @Test(
        "is not judged by a clock that cannot be right",
        arguments: [(0, []), (4_200_000_000, []), (1_760_000_000, [1_790_000_000])] as [(Int64, [Int64])])
    func clock(wrong: Int64, known: [Int64]) async throws {
        defer { workshop.remove() }
        try await workshop.make("one", ["ed25519"], names: "DNS:a")
        let report = judge(try workshop.read("one.crt"), try workshop.read("one.key"), at: wrong, known: known)
        #expect(report == CertificateReport(id: "tls.crt"))
        #expect(!BelievableTime(now: wrong, after: known).isBelievable)
    }

    @Test("does not believe a record of a time that cannot be, either")
    func wrongRecord() { #expect(BelievableTime(now: now, after: [5_000_000_000]).isBelievable) }
}
