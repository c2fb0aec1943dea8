// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import Glibc
import HostRecords
import HostSystem
import PackStorage
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Packs are unpacked while the medium is read; a host where 1.2.3 serves.
@Suite(.timeLimit(.minutes(2))) struct UnpackedWhileReadTests {
    let audited: AuditedHost
    var host: EngineHost { audited.host }
    var layout: HostLayout { audited.layout }
    /// Unpacked from the first pack; the last one holds `share/new`.
    private static let first = "bin/web"
    private static let last = "share/new"

    init() async throws { audited = try await AuditedHost() }

    private func bytes(_ amend: (inout BundleFixture) -> Void = { _ in }) throws -> [UInt8] {
        var fixture = BundleFixture()
        fixture.keys = [audited.key]
        (fixture.name, fixture.version) = ("lake", "1.3.0")
        fixture.files["share/more"] = String(repeating: "more ", count: 30_000)
        fixture.files[Self.last] = String(repeating: "new ", count: 10_000)
        fixture.files["share/page.html"] = nil
        amend(&fixture)
        return try fixture.bytes()
    }

    private func source(_ bundle: HostPath, _ search: PartSearch? = nil) throws -> BundleSource {
        let head = try UnverifiedBundle.open(bundle, search: search)
            .proveHead(by: Keyring(keys: [audited.key.publicKey]))
        return try BundleSource(head, layout: layout)
    }

    private func source(_ bytes: [UInt8]) throws -> BundleSource {
        let bundle = audited.root / "1.3.0.bundle"
        try FileSystem.write(bytes, to: bundle)
        return try source(bundle)
    }

    /// In two parts: the second, which begins within the last pack, is not there. Who reads that far waits.
    ///
    /// - Parameter waiting: given the place of the second part and its bytes; may be called again and again.
    private func parted(
        _ bytes: [UInt8], waiting: @escaping (_ place: HostPath, _ rest: [UInt8]) throws -> Void
    ) throws -> BundleSource {
        let name = "lake-1.3.0-amd64.bundle"
        let parts = [Array(bytes.dropLast(20_000)), Array(bytes.suffix(20_000))]
        let list = audited.root / PartList.name(of: name)
        try FileSystem.write(PartList(whole: name, digests: parts.map { Digest.ofBytes($0) }).bytes, to: list)
        try FileSystem.write(parts[0], to: audited.root / PartList.part(1, of: name))
        let place = audited.root / PartList.part(2, of: name)
        return try source(
            list,
            PartSearch(waiting: { _, _ in
                try Task.checkCancellation()
                try waiting(place, parts[1])
                usleep(1000)
            }))
    }

    /// Whether a file of a tree that has no name yet is whole.
    private func isUnpacked(_ path: String) throws -> Bool {
        guard let tree = try FileSystem.list(layout.releases).first(where: { $0.hasPrefix(".") }) else { return false }
        let file = layout.releases / tree / path
        guard try FileSystem.exists(file) else { return false }
        return try FileSystem.readAll(file, limit: 1 << 20) == Array((BundleFixture().files[path] ?? "").utf8)
    }

    private func isThere(_ source: BundleSource) throws -> [HostPath] {
        let release = layout.release(source.directory)
        return try [layout.staging, TreeUnpacker.building(release), release].filter { try FileSystem.exists($0) }
    }

    private func isWhole(_ source: BundleSource) throws -> Bool {
        try source.head.files.entries.allSatisfy {
            let file = layout.release(source.directory) / $0.path.text
            return Digest.ofBytes(try FileSystem.readAll(file, limit: 1 << 20)) == $0.digest
        }
    }

    private func nothingIsLeft(of source: BundleSource) async throws {
        #expect(try isThere(source) == [])
        #expect(await audited.findings() == [])
        // Nothing of it is in the way of the whole one.
        let whole = try self.source(try bytes())
        _ = try await host.installation().stage(whole, signers: ["nobody"])
        #expect(try isThere(whole) == [layout.release(whole.directory)])
        #expect(try isWhole(whole))
    }

    @Test func theFirstPackIsUnpackedBeforeTheLastIsRead() async throws {
        let source = try parted(try bytes()) { place, rest in
            guard try isUnpacked(Self.first) else { return }
            #expect(try !isUnpacked(Self.last))
            try FileSystem.write(rest, to: place)
        }
        _ = try await host.installation().stage(source, signers: ["nobody"])
        #expect(try isThere(source) == [layout.release(source.directory)])
        #expect(try isWhole(source))
    }

    /// In the last pack, and behind it, when the first ones are unpacked.
    @Test(arguments: [5000, 1]) func nothingStaysOfWhatIsDamagedAtItsEnd(fromEnd: Int) async throws {
        let source = try parted(try bytes()) { place, rest in
            guard try isUnpacked(Self.first) else { return }
            var rest = rest
            rest[rest.count - fromEnd] ^= 1
            try FileSystem.write(rest, to: place)
        }
        await #expect(throws: PartError.self) {
            _ = try await host.installation().stage(source, signers: ["nobody"])
        }
        try await nothingIsLeft(of: source)
    }

    /// What is said is what the reader found, not that a pack did not come.
    @Test(arguments: 0..<20) func theReadersFaultIsTheOneThatIsSaid(time: Int) async throws {
        var damaged = try bytes()
        damaged[damaged.count - 5000] ^= 1
        let source = try source(damaged)
        let error = await #expect(throws: BundleError.self) {
            _ = try await host.installation().stage(source, signers: ["nobody"])
        }
        guard case .wrongDigest? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try isThere(source) == [])
    }

    /// Signed, and wrong inside: the last part never comes, and is not waited for.
    @Test(arguments: [first, "share/more"]) func aBadPackEndsTheReading(path: String) async throws {
        let bad = try bytes { fixture in
            fixture.recode = { name, bytes in
                name == path ? BundleFixture.StoredForm(.xz, Array("no stream of xz".utf8)) : nil
            }
        }
        let source = try parted(bad) { _, _ in }
        let error = await #expect(throws: PackError.self) {
            _ = try await host.installation().stage(source, signers: ["nobody"])
        }
        guard case .undecodablePack? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await nothingIsLeft(of: source)
    }

    /// By Ctrl-C, while another stick is waited for and packs are unpacked.
    @Test func nothingStaysWhenItIsStopped() async throws {
        let installation = host.installation()
        let source = try parted(try bytes()) { _, _ in
            if try isUnpacked(Self.first) { _ = installation.environment.stopping.ask(.operatorAsked) }
        }
        await #expect(throws: StopRequest.Stopped(reason: .operatorAsked)) {
            _ = try await installation.stage(source, signers: ["nobody"])
        }
        try await nothingIsLeft(of: source)
    }

    /// An installation, too: its undo comes when both have ended.
    @Test func anInstallationIsUndone() async throws {
        let before = try host.standing(try host.moment())
        let source = try parted(try bytes()) { place, rest in
            guard try isUnpacked(Self.first) else { return }
            try FileSystem.write(rest.reversed(), to: place)
        }
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, source)
        await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        let name = PartList.name(of: "lake-1.3.0-amd64.bundle")
        for file in try FileSystem.list(audited.root) where file.hasPrefix(String(name.dropLast(6))) {
            try FileSystem.remove(audited.root / file)
        }
        #expect(try host.standing(try host.moment()).difference(from: before) == [])
    }

    /// Where nothing ever served, no place for it stays either.
    @Test func aHostThatHadNothingHasNothing() async throws {
        let bare = try EngineHost()
        var damaged = try bytes()
        damaged[damaged.count - 5000] ^= 1
        let bundle = bare.root / "1.3.0.bundle"
        try FileSystem.write(damaged, to: bundle)
        let head = try UnverifiedBundle.open(bundle).proveHead(by: Keyring(keys: [audited.key.publicKey]))
        await #expect(throws: BundleError.self) {
            _ = try await bare.installation().stage(
                try BundleSource(head, layout: bare.layout), signers: ["nobody"])
        }
        #expect(try !FileSystem.exists(bare.layout.home))
    }

    @Test func theTreeHasNoNameBeforeAllIsProven() async throws {
        let source = try source(try bytes())
        let delivery = try #require(source.delivery)
        try await delivery.stage { _, _ in }
        let release = layout.release(source.directory)
        #expect(try isThere(source) == [layout.staging, TreeUnpacker.building(release)])
        try await delivery.unpack { _, _ in }
        #expect(try isThere(source) == [release])
        #expect(try isWhole(source))
    }

    /// A run that died in the middle left half a tree; the next one begins anew.
    @Test func halfATreeIsNotGoneOnWith() async throws {
        let source = try source(try bytes())
        let building = TreeUnpacker.building(layout.release(source.directory))
        try audited.write("half", building / Self.first)
        try audited.write("of another", building / "share/other")
        try audited.write("half", layout.staging / "packs/x")
        let delivery = try #require(source.delivery)
        try await delivery.stage { _, _ in }
        try await delivery.unpack { _, _ in }
        #expect(try isWhole(source))
        #expect(try !FileSystem.exists(layout.release(source.directory) / "share/other"))
    }
}
