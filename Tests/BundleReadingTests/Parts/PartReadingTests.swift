// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import BundleReading
import Cryptography
import Glibc
import HostSystem
import PackStorage
import TestSupport
import Testing
import Trust

/// Parts are read where they lie: whatever way leads to them, without joining.
@Suite struct PartReadingTests {
    let parted: PartedBundle

    init() throws {
        parted = try PartedBundle()
        try parted.spread()
        #expect(parted.pieces.count > 6)
    }

    @Test func everyWayLeadsToThem() throws {
        for path in [
            parted.list, parted.medium("a"), parted.medium("b") / parted.name(2), parted.medium("a") / parted.name(3),
        ] {
            var search = parted.search
            if path.parent == parted.medium("b") {
                let media = ["c", "a"].map(parted.medium)
                search = PartSearch(places: { media })
            }
            let verified = try parted.open(path, search).verifyBody()
            #expect(verified.members.count == verified.head.bodyMembers.count)
            #expect(verified.head.mediumPath.name == parted.list.name)
        }
    }

    /// From media that nobody can write to, and nothing but the release is written anywhere.
    @Test func stagesFromReadOnlyMedia() async throws {
        let target = parted.scratch.path / "staged"
        try FileSystem.createDirectories(target, permissions: 0o700)
        let staged = try parted.open().stageBody(into: target)
        for member in staged.members {
            let bytes = try FileSystem.readAll(target / member.name.description, limit: 1 << 20)
            #expect(Digest.ofBytes(bytes) == member.digest)
        }
        #expect(try FileSystem.list(parted.scratch.path) == ["a", "b", "c", "staged"])
    }

    @Test func packsAreReadSideBySide() async throws {
        let verified = try parted.open().verifyBody()
        let reader = PackReader(index: verified.head.packs, source: try MediumPacks(verified))
        let wanted = verified.head.files.entries.map(\.digest).filter { verified.head.packs.holds($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for digest in wanted + wanted.reversed() {
                group.addTask {
                    let sink = CollectingSink()
                    try reader.write(digest, to: sink)
                    #expect(Digest.ofBytes(sink.bytes) == digest)
                }
            }
            try await group.waitForAll()
        }
    }

    /// What file managers leave behind, and what an older list says of bytes that prove themselves.
    @Test func litterAndAStaleListDoNoHarm() throws {
        for name in [
            "._\(parted.name(2))", "._\(parted.list.name)", ".\(parted.name(1)).swp", "System Volume Information",
        ] {
            try FileSystem.write([0, 5, 22, 7], to: parted.medium("a") / name)
        }
        try FileSystem.write([0, 5, 22, 7], to: parted.medium("a") / "._other.bundle")
        _ = try parted.open(parted.medium("a")).verifyBody()
        let stale = PartList(whole: PartedBundle.whole, digests: parted.pieces.map { _ in .ofBytes([1]) })
        try FileSystem.write(stale.bytes, to: parted.list)
        _ = try parted.open().verifyBody()
    }

    /// Two of one name: the one that is listed is read.
    @Test func ofTwoTheListedOneIsRead() throws {
        var other = parted.pieces[1]
        other[100] ^= 1
        try parted.put(2, on: "a", other)
        _ = try parted.open().verifyBody()
    }

    @Test func encryptedOnesAreReadToo() throws {
        let identity = try AgeIdentity.generate()
        let path = parted.scratch.path / "whole.age"
        let writer = try AgeWriter(
            to: HostFile.open(path, .create(permissions: 0o600)), recipients: [identity.recipient])
        try parted.bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        let sealed = try FileSystem.readAll(path, limit: 1 << 22)
        let pieces = stride(from: 0, to: sealed.count, by: 70_000).map {
            Array(sealed[$0..<min(sealed.count, $0 + 70_000)])
        }
        let list = PartList(whole: "x.bundle.age", digests: pieces.map { Digest.ofBytes($0) })
        for (index, piece) in pieces.enumerated() {
            try FileSystem.write(piece, to: parted.medium(index % 2 == 0 ? "b" : "c") / list.name(index + 1))
        }
        try FileSystem.write(list.bytes, to: parted.medium("c") / "x.bundle.age.parts")
        func verify() throws {
            let open = try UnverifiedBundle.open(
                parted.medium("c") / "x.bundle.age.parts", identities: { [identity] }, search: parted.search)
            _ = try open.proveHead(by: parted.keyring).verifyBody()
        }
        try verify()
        var bad = pieces[2]
        bad[60_000] ^= 1
        try FileSystem.write(bad, to: parted.medium("b") / list.name(3))
        do {
            try verify()
            Issue.record("a damaged part was taken")
        } catch PartError.damaged(let name, _, _, cause: let cause) {
            #expect(name == "x.bundle.age.003" && cause is AgeError)
        }
    }

    /// One stick at a time, each unmounted before the next comes: nothing of the former may be held open.
    @Test func changesMediaOneByOne() throws {
        for number in 1...parted.pieces.count { try FileSystem.remove(parted.place(number) / parted.name(number)) }
        var asked: [String] = []
        let slot = parted.medium("b")
        let search = PartSearch(places: { [slot] }) { [parted] missing, _ in
            #expect(try Self.openBelow(parted.scratch.path) == 0)
            asked += missing
            for name in try FileSystem.list(slot) { try FileSystem.remove(slot / name) }
            let number = try #require(missing.first.flatMap { PartList.number(in: $0)?.number })
            try parted.put(number, on: "b")
        }
        _ = try parted.open(nil, search).verifyBody()
        #expect(Set(asked) == Set((1...parted.pieces.count).map(parted.name)))
        #expect(asked.count == parted.pieces.count)
    }

    private static func openBelow(_ path: HostPath) throws -> Int {
        try FileSystem.list("/proc/self/fd").count {
            ((try? FileSystem.readLink(HostPath("/proc/self/fd/\($0)"))) ?? "").hasPrefix(path.text + "/")
        }
    }
}
