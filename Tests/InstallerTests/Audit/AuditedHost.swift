// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Reporting
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// A host of fakes on which the real engine has installed a signed release, as an audit finds it.
struct AuditedHost {
    let host: EngineHost
    let key: SigningKey
    let directory: String

    var root: HostPath { host.root }
    var layout: HostLayout { host.layout }
    var release: HostPath { layout.release(directory) }
    var evidence: HostPath { layout.evidence(directory) }

    /// - Parameter bare: where nothing was installed yet; nil for one of its own.
    init(on bare: EngineHost? = nil) async throws {
        host = try bare ?? EngineHost()
        key = try SigningKey.generate()
        var fixture = try AuditedHost.lake()
        fixture.keys = [key]
        let bundle = host.root / "lake.bundle"
        try FileSystem.write(try fixture.bytes(), to: bundle)
        try FileSystem.write(Array("root:x:0:\n_lake:x:990:\n".utf8), to: host.root / "etc/group")
        let head = try UnverifiedBundle.open(bundle).proveHead(by: Keyring(keys: [key.publicKey]))
        let source = try BundleSource(head, layout: host.layout)
        directory = source.directory
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, source)
        try await installation.run(prepared)
        try log("install")
        for (path, permissions) in [
            ("etc/bundle/trust/1.json", 0o644), ("etc/bundle/policy.yaml", 0o644), ("etc/bundle/keys/host.pub", 0o644),
            ("etc/bundle/keys/host.key", 0o600), ("etc/lake/secrets/x", 0o600),
        ] as [(String, UInt16)] { try write("x", host.root / path, permissions: permissions) }
        for path in [host.root / "etc/bundle/keys", layout.secrets] { try FileSystem.setPermissions(path, 0o700) }
    }

    /// A web service and its page.
    static func lake() throws -> BundleFixture {
        var fixture = BundleFixture()
        fixture.name = "lake"
        fixture.services = [
            "web": Service(
                run: ["{{ bin }}/web"], config: ["page.html"], ports: ["http": Port(port: 8080, expose: .public)],
                health: [HealthCheck(probe: .tcp(port: "http"))], strategy: .blueGreen)
        ]
        let template = try #require(ReleasePath("share/page.html"))
        fixture.changeManifest = {
            $0.config = ["page.html": ConfigTemplate(template: template)]
            $0.cutover = CutoverSettings(healthTimeout: .seconds(5), bake: .seconds(1), drain: .seconds(1))
        }
        return fixture
    }

    func log(_ verb: String, _ overrides: [AuditEntry.Override] = []) throws {
        try AuditLog(root: root).append(
            AuditEntry(
                subject: AuditEntry.Subject(verb: verb, product: layout.product, overrides: overrides), outcome: .done,
                exitStatus: 0,
                process: ProcessFacts.id, facts: HostFacts(hostname: "h", bootID: "b"), clock: SystemClock()))
    }

    /// - Parameter revoked: whether the key went since.
    func audit(revoked: Bool = false) -> HostAudit {
        let keyring = Keyring(keys: [key.publicKey], revoked: revoked ? [key.publicKey.fingerprint] : [])
        return HostAudit(host.installation()) { list, signatures, identity in
            try keyring.judge(signed: list, signatures: signatures, release: identity)
        }
    }

    /// The evidence alone, by any keys.
    func prove(_ keyring: Keyring, isHeld: Bool) throws -> [AuditFinding] {
        let sheet = AuditSheet()
        let comparer = EvidenceComparer(
            layout: layout, sheet: sheet,
            admissions: Admissions(log: try AuditLog(root: root).verify().entries, layout: layout)
        ) {
            try keyring.judge(signed: $0, signatures: $1, release: $2)
        } words: {
            "\($0)"
        }
        let active = try #require(try host.installation().store.load()?.active)
        _ = comparer.prove(directory, digest: active.digest, isHeld: isHeld)
        return sheet.findings
    }

    /// `CODE PLACE` of what differs, places below the scratch root.
    func names(_ sheet: AuditSheet) -> Set<String> {
        Set(
            sheet.findings.filter { $0.weight > .note }.map { finding in
                let place = finding.place
                return
                    "\(finding.code) \(place.hasPrefix(root.text) ? String(place.dropFirst(root.text.count)) : place)"
            })
    }

    func findings(revoked: Bool = false) async -> Set<String> { names(await audit(revoked: revoked).inspect()) }

    func write(_ text: String, _ path: HostPath, permissions: UInt16 = 0o644) throws {
        try FileSystem.createDirectories(path.parent)
        try FileSystem.write(Array(text.utf8), to: path, permissions: permissions)
    }
}
