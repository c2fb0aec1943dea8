// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Compression
import Cryptography
import HostRecords
import HostSystem
import PackStorage
import Reporting
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Deltas whose changed files are coded against older contents, on a host where the engine has installed 1.2.3.
@Suite struct CodedDeltaTests {
    static let program = "bin/web"
    static let more = "share/more.txt"
    let audited: AuditedHost
    var host: EngineHost { audited.host }
    var layout: HostLayout { audited.layout }

    init() async throws { audited = try await AuditedHost() }

    private var oldProgram: [UInt8] { Array((BundleFixture().files[Self.program] ?? "").utf8) }
    private let newProgram = "#!/bin/sh\n# changed\nexec sleep 1000\n"

    /// - Parameters:
    ///   - coded: paths of files whose packs refer to the program of 1.2.3.
    ///   - spoil: the stored bytes of those packs.
    private func source(
        _ version: String, coded: Set<String> = [Self.program], files: [String: String] = [:],
        needs: Set<String> = ["share/page.html"], spoil: @escaping (inout [UInt8]) -> Void = { _ in },
        on layout: HostLayout? = nil
    ) throws -> BundleSource {
        var fixture = try audited.fixture(version, [Self.program: newProgram].merging(files) { $1 })
        if !coded.isEmpty {
            let old = oldProgram
            fixture.needed = needs
            fixture.older = [PackIndex.Need(digest: .ofBytes(old), size: Int64(old.count))]
            fixture.bases = [try audited.serving]
            fixture.recode = { path, bytes in
                guard coded.contains(path), var stored = try? Self.encode(bytes, against: old) else { return nil }
                spoil(&stored)
                return BundleFixture.StoredForm(.delta, stored, older: .ofBytes(old))
            }
        }
        return try audited.source(fixture, on: layout)
    }

    private static func encode(_ new: [UInt8], against old: [UInt8]) throws -> [UInt8] {
        let content = OldContent(digest: .ofBytes(old), size: Int64(old.count), bytes: PlacedArray(old))
        let sink = CollectingSink()
        try DeltaEncoder(old: content, samples: try OldSamples(content), architecture: .amd64)
            .encode(HeldBytes(new), size: Int64(new.count), to: sink)
        return sink.bytes
    }

    @Test func isWhatTheFullBundleIs() async throws {
        let delta = try source("1.3.0", files: [Self.more: String(repeating: "more ", count: 99)])
        #expect(delta.head.packs.packs.contains { $0.codec == .delta })
        try await audited.install(delta)
        #expect(try audited.isWhole(delta))
        #expect(await audited.findings() == [])
        #expect(try FileSystem.list(layout.packs).allSatisfy { !$0.hasSuffix(".delta") })
        let kept = try KeptIndex.read(layout.evidence(delta.directory))
        #expect(kept.holds(.ofBytes(Array(newProgram.utf8))) && !kept.holds(.ofBytes(oldProgram)))
    }

    /// It stands without its base: what repairs it is the store, and the older program is not kept for its sake.
    @Test func outlivesItsBase() async throws {
        let first = audited.directory
        let second = try source("1.3.0")
        try await audited.install(second)
        let third = try source("1.4.0", coded: [], files: [Self.program: "#!/bin/sh\nexec sleep 1\n"])
        try await audited.install(third)
        #expect(try !FileSystem.exists(layout.release(first)), "host.yaml keeps two")
        #expect(try !FileSystem.exists(layout.packs / "\(Digest.ofBytes(oldProgram)).raw"), "nothing is made of it")
        #expect(await audited.findings() == [])
        let record = try #require(try host.installation().store.load())
        let former = try #require(record.releases.first { $0.directory == second.directory })
        let installation = host.installation()
        try await installation.run(
            try await installation.prepare(.rollback, try InstalledSource(former, layout: layout)))
        try audited.log("rollback")
        #expect(await audited.findings() == [])
        try audited.write("x", layout.release(second.directory) / Self.program, permissions: 0o755)
        let (_, repair) = try await audited.audit().repair()
        #expect(repair.failures.isEmpty)
        #expect(try audited.isWhole(second))
        // The same delta again: the older program is gone, and is not asked for.
        let again = try source("1.3.0")
        try again.findNeeded()
    }

    /// What is coded may be read before anything is brought: a template.
    @Test func templateIsReadAhead() async throws {
        let page = "<p>\(String(repeating: "hello ", count: 200))</p>\n"
        let delta = try source(
            "1.3.0", coded: [Self.program, "share/page.html"], files: ["share/page.html": page], needs: [])
        try delta.findNeeded()
        #expect(try delta.read(try #require(ReleasePath("share/page.html"))) == Array(page.utf8))
        try await audited.install(delta)
        #expect(try audited.isWhole(delta))
        #expect(await audited.findings() == [])
    }

    /// Where the pack of the older content is gone, the installed file serves, and no pack of it is left behind.
    @Test func installedFileIsAsGood() async throws {
        try FileSystem.remove(layout.packs / "\(Digest.ofBytes(oldProgram)).raw")
        let delta = try source("1.3.0")
        try await audited.install(delta)
        #expect(try audited.isWhole(delta))
        #expect(await audited.findings().allSatisfy { $0.contains("missing") }, "only what was taken away")
    }

    @Test func refusesAHostWithoutTheOlderContent() async throws {
        try FileSystem.remove(layout.packs / "\(Digest.ofBytes(oldProgram)).raw")
        try audited.write("other", audited.release / Self.program, permissions: 0o755)
        let delta = try source("1.3.0")
        let error = #expect(throws: DeltaError.self) { try delta.findNeeded() }
        guard case .lacking(_, 1, 2, _, [])? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// Signed, and wrong inside: the host is as it was.
    @Test(arguments: [70, 90, 115])
    func badPackChangesNothing(place: Int) async throws {
        let delta = try source("1.3.0", spoil: { $0[place] ^= 0xff })
        try delta.findNeeded()
        let before = try audited.serving
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, delta)
        await #expect(throws: (any Error).self) { try await installation.run(prepared) }
        #expect(try !FileSystem.exists(layout.staging))
        #expect(try !FileSystem.exists(layout.release(delta.directory)))
        #expect(try audited.serving == before)
        #expect(await audited.findings() == [])
        #expect(try FileSystem.list(layout.packs).allSatisfy { !$0.hasSuffix(".delta") })
    }

    /// What staging takes is asked for beforehand.
    @Test func roomIsCountedWithWhatIsMade() throws {
        let delta = try source("1.3.0")
        try delta.findNeeded()
        let packs = delta.head.packs.packs
        let stored = packs.reduce(0) { $0 + $1.storedBytes }
        #expect(delta.staging.bytes == stored + Int64(newProgram.utf8.count) + Int64(oldProgram.count))
    }
}
