// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostRecords
import HostSystem
import Reporting
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Deltas on a host where the real engine has installed the full bundle of 1.2.3.
@Suite struct DeltaInstallTests {
    static let program = "bin/web"
    static let template = "share/page.html"
    let audited: AuditedHost
    var host: EngineHost { audited.host }
    var layout: HostLayout { audited.layout }

    init() async throws { audited = try await AuditedHost() }

    /// A release of the same product, with these files beside the unchanged ones; a delta where it needs some.
    private func source(
        _ version: String, _ files: [String: String] = [:], needs: Set<String> = [], of bases: [PackIndex.Base] = [],
        on layout: HostLayout? = nil
    ) throws -> BundleSource {
        var fixture = try audited.fixture(version, files)
        (fixture.needed, fixture.bases) = (needs, bases)
        return try audited.source(fixture, on: layout)
    }

    private func delta() throws -> BundleSource {
        try source("1.3.0", ["share/new": "new"], needs: [Self.program, Self.template], of: [try audited.serving])
    }

    private func pack(of path: String) throws -> HostPath {
        let bytes = Array((BundleFixture().files[path] ?? "").utf8)
        return layout.packs / "\(Digest.ofBytes(bytes)).raw"
    }

    @Test func isWhatTheFullBundleIs() async throws {
        let delta = try delta()
        try await audited.install(delta)
        #expect(try audited.isWhole(delta))
        #expect(try delta.digest == source("1.3.0", ["share/new": "new"]).digest)
        #expect(await audited.findings() == [])
    }

    /// A third on the second; then the first goes, and its packs stay for those that are made of them.
    @Test func standsOnADeltaAndOutlivesItsBase() async throws {
        let first = audited.directory
        let second = try delta()
        try await audited.install(second)
        let third = try source(
            "1.4.0", ["share/new": "new", "share/more": "more"], needs: [Self.program, "share/new"],
            of: [try audited.serving])
        try await audited.install(third)
        #expect(try audited.isWhole(third) && audited.isWhole(second))
        #expect(try !FileSystem.exists(layout.release(first)), "host.yaml keeps two")
        #expect(try FileSystem.exists(try pack(of: Self.program)))
        #expect(await audited.findings() == [])

        let record = try #require(try host.installation().store.load())
        let former = try #require(record.releases.first { $0.directory == second.directory })
        let installation = host.installation()
        let back = try await installation.prepare(.rollback, try InstalledSource(former, layout: layout))
        try await installation.run(back)
        try audited.log("rollback")
        #expect(try audited.serving.version == former.version)
        #expect(await audited.findings() == [])
        try audited.write("x", layout.release(second.directory) / Self.program, permissions: 0o755)
        let (_, repair) = try await audited.audit().repair()
        #expect(repair.failures.isEmpty)
        #expect(try audited.isWhole(second), "mended out of a pack of the first")
    }

    @Test func refusesAHostThatLacksSomething() async throws {
        let empty = try EngineHost()
        let before = try empty.moment()
        let base = try audited.serving
        let delta = try source("1.3.0", needs: [Self.program, Self.template], of: [base], on: empty.layout)
        let error = #expect(throws: DeltaError.self) { try delta.findNeeded() }
        guard case .lacking(_, 2, 2, _, [base])? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await #expect(throws: DeltaError.self) { try await delta.delivery?.stage { _, _ in } }
        #expect(throws: DeltaError.self) { try delta.read(try #require(ReleasePath(Self.template))) }
        #expect(try empty.moment() == before)
    }

    /// Hashed again, never believed: not for its name in the store, nor for its place in a release.
    @Test(arguments: [program, template])
    func otherBytesUnderTheRightNameAreNotTaken(_ path: String) async throws {
        let delta = try delta()
        try audited.write("evil", try pack(of: path), permissions: 0o600)
        try delta.findNeeded()
        let again = try source(
            "1.3.0", ["share/new": "new"], needs: [Self.program, Self.template], of: [try audited.serving])
        try audited.write("evil", audited.release / path)
        let error = #expect(throws: DeltaError.self) { try again.findNeeded() }
        guard case .lacking(_, 1, 2, _, [])? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Where the pack was lost, the installed file is as good; what is made of it goes into the store.
    @Test func installedFilesAreAsGoodAsPacks() async throws {
        try FileSystem.remove(try pack(of: Self.program))
        try audited.write("evil", try pack(of: Self.template), permissions: 0o600)
        let delta = try delta()
        try await audited.install(delta)
        #expect(try audited.isWhole(delta))
        #expect(await audited.findings() == [], "the store is whole again")
    }

    /// Evidence names the base's packs by an index of the host's own; without it nothing is mended, and it is told.
    @Test func whatCompletesItIsWatched() async throws {
        let base = try audited.serving
        let delta = try delta()
        try await audited.install(delta)
        let held = layout.evidence(delta.directory) / "packs.held"
        try FileSystem.remove(held)
        #expect(
            await audited.findings().contains("evidence-missing \(String(held.text.dropFirst(host.root.text.count)))"))
        let renewed = try source(
            "1.3.0", ["share/new": "new"], needs: [Self.program, Self.template], of: [base])
        try renewed.findNeeded()
        #expect(try renewed.renewEvidence() == ["packs.held"])
        #expect(await audited.findings() == [])
    }

    /// The full bundle of a release that came as a delta brings the packs that its index names.
    @Test func theFullBundleTakesItsPlace() async throws {
        try await audited.install(try delta())
        for path in [Self.program, Self.template] { try FileSystem.remove(try pack(of: path)) }
        let full = try source("1.3.0", ["share/new": "new"])
        #expect(try full.renewEvidence().contains("packs.index"))
        #expect(try FileSystem.exists(try pack(of: Self.program)))
        #expect(await audited.findings() == [])
    }
}
