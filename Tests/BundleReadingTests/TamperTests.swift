// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Glibc
import HostSystem
import Testing
import TestSupport
import Trust

/// Every way to change the bytes of a small bundle, one at a time; each must be refused by an error of ours.
@Suite struct TamperTests {
    let bytes: [UInt8]
    let members: [(name: String, bytes: [UInt8])]
    let keyring: Keyring
    let scratch: ScratchDirectory

    init() throws {
        var (fixture, key) = try BundleFixture.signed()
        fixture.trust = ["trust/1.json": "{}\n"]
        bytes = try fixture.bytes()
        members = try fixture.members()
        keyring = Keyring(keys: [key.publicKey])
        scratch = try ScratchDirectory()
    }

    /// Nothing but an error of ours counts as a refusal: a missing file would be one of the system's.
    private func refusal(_ path: HostPath) -> Bool? {
        do {
            _ = try verify(path, keyring)
            return false
        } catch is BundleError, is FormatError, is TrustError {
            return true
        } catch {
            return nil
        }
    }

    @Test(arguments: 0..<4)
    func everyFlippedByteIsRefused(quarter: Int) throws {
        let path = try scratch.write("a", bytes)
        #expect(refusal(path) == false)
        // One file, changed in place and changed back: 50,000 files would take longer.
        let file = try HostFile.open(path, .update(permissions: 0o600))
        for offset in stride(from: quarter, to: bytes.count, by: 4) {
            for mask: UInt8 in [0x01, 0x80] where mask == 0x01 || offset % 28 < 4 {
                try file.overwrite(at: offset, bytes[offset] ^ mask)
                #expect(refusal(path) == true, "byte \(offset) with \(mask)")
            }
            try file.overwrite(at: offset, bytes[offset])
        }
        #expect(refusal(path) == false)
    }

    @Test func everyTruncationIsRefused() throws {
        for count in stride(from: 0, to: bytes.count, by: 512) + [1, 511, 513, bytes.count - 1] {
            let path = try scratch.write("a", Array(bytes[..<count]))
            #expect(refusal(path) == true, "\(count) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: [1, 511, 512, 1024, 10240])
    func appendedBytesAreRefused(count: Int) throws {
        for byte: UInt8 in [0, 65] {
            let path = try scratch.write("a", bytes + [UInt8](repeating: byte, count: count))
            #expect(refusal(path) == true)
        }
        // A second archive behind the first.
        #expect(refusal(try scratch.write("a", bytes + bytes)) == true)
    }

    @Test func everyOtherSetOfMembersIsRefused() throws {
        func check(_ changed: [(name: String, bytes: [UInt8])], _ what: String) throws {
            let path = try scratch.write("a", try BundleFixture.container(changed))
            #expect(refusal(path) == true, "\(what)")
        }
        for index in members.indices {
            var removed = members
            removed.remove(at: index)
            try check(removed, "without \(members[index].name)")
            var doubled = members
            doubled.insert(members[index], at: index)
            try check(doubled, "\(members[index].name) twice")
            var emptied = members
            emptied[index].bytes = []
            if !members[index].bytes.isEmpty { try check(emptied, "\(members[index].name) emptied") }
            var longer = members
            longer[index].bytes.append(0)
            try check(longer, "\(members[index].name) longer")
            for other in members.indices where other > index {
                var swapped = members
                swapped.swapAt(index, other)
                try check(swapped, "\(members[index].name) and \(members[other].name) swapped")
                guard members[index].bytes != members[other].bytes else { continue }
                var crossed = members
                crossed[index].bytes = members[other].bytes
                crossed[other].bytes = members[index].bytes
                try check(crossed, "data of \(members[index].name) and \(members[other].name) swapped")
            }
            for name in ["extra", "docs/extra", "sbom/extra", "trust/2.json", "./README.txt", "packs/x", "docs/../x"] {
                var added = members
                added.insert((name, [1]), at: index)
                try check(added, "\(name) before \(members[index].name)")
            }
        }
    }

    /// Zeros in the place of any block: also the end marker too early.
    @Test func everyZeroedBlockIsRefused() throws {
        for start in stride(from: 0, to: bytes.count - 1024, by: 512) {
            var changed = bytes
            guard changed[start..<(start + 512)].contains(where: { $0 != 0 }) else { continue }
            changed.replaceSubrange(start..<(start + 512), with: [UInt8](repeating: 0, count: 512))
            #expect(refusal(try scratch.write("a", changed)) == true, "block at \(start)")
            changed = bytes
            changed.removeSubrange(start..<(start + 512))
            #expect(refusal(try scratch.write("a", changed)) == true, "without block at \(start)")
        }
    }

    /// The two changes that the format allows (format §5.2): a whole signature more or less, and one by a key that
    /// nobody knows. Both are seen in the verdict.
    @Test func wholeSignaturesMayComeAndGo() throws {
        let stranger = try SigningKey.generate()
        let bundle = try UnverifiedBundle.open(scratch.write("a", bytes))
        let digest = try bundle.proveHead(by: keyring).releaseDigest
        let own = try #require(bundle.claimed.signatures.first)
        let foreign = try BundleFixture().signature(of: bundle.claimed.checksums, release: digest, by: stranger)
        let both = [own.name.hex: own.bytes, stranger.publicKey.fingerprint.hex: foreign]
        var changed = bytes
        let start = Int(bundle.claimed.signatureAreaOffset)
        let area = try SignatureArea.bytes(both)
        #expect(area.count == Limits.signatureAreaBytes)
        changed.replaceSubrange(start..<(start + area.count), with: area)
        #expect(try verify(scratch.write("a", changed), keyring).head.verdict.unknown.count == 1)
        changed.replaceSubrange(start..<(start + area.count), with: try SignatureArea.bytes([:]))
        #expect(throws: TrustError.unsigned) { try verify(scratch.write("a", changed), keyring) }
    }
}

extension HostFile {
    /// One byte at an offset.
    fileprivate func overwrite(at offset: Int, _ byte: UInt8) throws {
        var value = byte
        guard pwrite(descriptor, &value, 1, off_t(offset)) == 1 else { throw BundleError.changedWhileRead }
    }
}

private func + (left: StrideTo<Int>, right: [Int]) -> [Int] { Array(left) + right }
