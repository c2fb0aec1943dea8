// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import Glibc
import HostRecords
import HostSystem
import PackStorage
import Synchronization
import TestSupport
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Packs are unpacked while the medium is read; a host where 1.2.3 serves.
@Suite(.timeLimit(.minutes(2))) struct UnpackedWhileReadTests {
    let medium: ReadMedium
    var audited: AuditedHost { medium.audited }
    var host: EngineHost { audited.host }
    var layout: HostLayout { audited.layout }

    init() async throws { medium = try await ReadMedium() }

    private func nothingIsLeft(of source: BundleSource) async throws {
        #expect(try medium.isThere(source) == [])
        #expect(await audited.findings() == [])
        // Nothing of it is in the way of the whole one.
        let whole = try medium.source(try medium.bytes())
        _ = try await host.installation().stage(whole, signers: ["nobody"])
        #expect(try medium.isThere(whole) == [layout.release(whole.directory)])
        #expect(try medium.isWhole(whole))
    }

    @Test func theFirstPackIsUnpackedBeforeTheLastIsRead() async throws {
        let source = try medium.parted(try medium.bytes()) { place, rest in
            guard try medium.isUnpacked(ReadMedium.first) else { return }
            #expect(try !medium.isUnpacked(ReadMedium.last))
            try FileSystem.write(rest, to: place)
        }
        _ = try await host.installation().stage(source, signers: ["nobody"])
        #expect(try medium.isThere(source) == [layout.release(source.directory)])
        #expect(try medium.isWhole(source))
    }

    /// In the last pack, and behind it, when the first ones are unpacked.
    @Test(arguments: [5000, 1]) func nothingStaysOfWhatIsDamagedAtItsEnd(fromEnd: Int) async throws {
        let source = try medium.parted(try medium.bytes()) { place, rest in
            guard try medium.isUnpacked(ReadMedium.first) else { return }
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
        var damaged = try medium.bytes()
        damaged[damaged.count - 5000] ^= 1
        let source = try medium.source(damaged)
        let error = await #expect(throws: BundleError.self) {
            _ = try await host.installation().stage(source, signers: ["nobody"])
        }
        guard case .wrongDigest? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try medium.isThere(source) == [])
    }

    /// Signed, and wrong inside: the last part never comes, and is not waited for.
    @Test(arguments: [ReadMedium.first, "share/more"]) func aBadPackEndsTheReading(path: String) async throws {
        let bad = try medium.bytes { fixture in
            fixture.recode = { name, bytes in
                name == path ? BundleFixture.StoredForm(.xz, Array("no stream of xz".utf8)) : nil
            }
        }
        let source = try medium.parted(bad) { _, _ in }
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
        let source = try medium.parted(try medium.bytes()) { _, _ in
            if try medium.isUnpacked(ReadMedium.first) { _ = installation.environment.stopping.ask(.operatorAsked) }
        }
        await #expect(throws: StopRequest.Stopped(reason: .operatorAsked)) {
            _ = try await installation.stage(source, signers: ["nobody"])
        }
        try await nothingIsLeft(of: source)
    }

    /// An installation, too: its undo comes when both have ended.
    @Test func anInstallationIsUndone() async throws {
        let before = try host.standing(try host.moment())
        let source = try medium.parted(try medium.bytes()) { place, rest in
            guard try medium.isUnpacked(ReadMedium.first) else { return }
            try FileSystem.write(rest.reversed(), to: place)
        }
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, source)
        await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        try medium.takeAway()
        #expect(try host.standing(try host.moment()).difference(from: before) == [])
    }

    /// The machine dies while one waits for the last part and the other has unpacked the first.
    @Test(arguments: ["install", "stage"]) func recoveryTakesHalfOfItAway(verb: String) async throws {
        let before = try host.standing(try host.moment())
        let installation = host.installation()
        let died = Mutex<EngineHost.Moment?>(nil)
        let source = try medium.parted(try medium.bytes()) { _, _ in
            guard try medium.isUnpacked(ReadMedium.first) else { return }
            let now = try host.moment()
            died.withLock { $0 = $0 ?? now }
            _ = installation.environment.stopping.ask(.operatorAsked)
        }
        await #expect(throws: (any Error).self) {
            if verb == "stage" {
                _ = try await installation.stage(source, signers: ["nobody"])
            } else {
                try await installation.run(try await installation.prepare(.install, source))
            }
        }
        try host.restore(try #require(died.withLock { $0 }))
        #expect(try medium.isUnpacked(ReadMedium.first))
        let building = TreeUnpacker.building(layout.release(source.directory))
        #expect(try medium.isThere(source) == [layout.staging, building])
        _ = try await host.installation().recover()
        #expect(try medium.isThere(source) == [])
        try medium.takeAway()
        #expect(try host.standing(try host.moment()).difference(from: before) == [])
    }

    /// Where nothing ever served, no place for it stays either.
    @Test func aHostThatHadNothingHasNothing() async throws {
        let bare = try EngineHost()
        var damaged = try medium.bytes()
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
        let source = try medium.source(try medium.bytes())
        let delivery = try #require(source.delivery)
        try await delivery.stage { _, _ in }
        let release = layout.release(source.directory)
        #expect(try medium.isThere(source) == [layout.staging, TreeUnpacker.building(release)])
        // Nor is it for anybody else.
        for place in try medium.isThere(source) { #expect(try FileSystem.status(place)?.permissions == 0o700) }
        try await delivery.unpack { _, _ in }
        #expect(try medium.isThere(source) == [release])
        #expect(try FileSystem.status(release)?.permissions == 0o755)
        #expect(try medium.isWhole(source))
    }

    /// A run that died in the middle left half a tree; the next one begins anew.
    @Test func halfATreeIsNotGoneOnWith() async throws {
        let source = try medium.source(try medium.bytes())
        let building = TreeUnpacker.building(layout.release(source.directory))
        try audited.write("half", building / ReadMedium.first)
        try audited.write("of another", building / "share/other")
        try audited.write("half", layout.staging / "packs/x")
        let delivery = try #require(source.delivery)
        try await delivery.stage { _, _ in }
        try await delivery.unpack { _, _ in }
        #expect(try medium.isWhole(source))
        #expect(try !FileSystem.exists(layout.release(source.directory) / "share/other"))
    }
}
