// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// One part, read whole to find out what it is: its digest, and whose packs begin in it.
struct PartScan {
    private(set) var digest = Digest.ofBytes([])
    /// Headers of packs that the bundle has, and of packs that it does not have.
    private(set) var ownPacks = 0
    private(set) var otherPacks = 0

    /// - Parameters:
    ///   - start: where the part begins in the whole; headers stand at multiples of 512 there.
    ///   - packs: member names of the bundle; nil when its head is not proven.
    init(_ part: PartedFile.Opened, from start: Int64, packs: Set<String>?) throws {
        var hasher = SHA256Hasher()
        var offset: Int64 = 0
        let block = Int64(MemberHeader.blockBytes)
        // The first read ends where a block ends; from then on each begins with one.
        var room = Int((block - start % block) % block)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while offset < part.bytes {
            try Task.checkCancellation()
            let length = Int(min(part.bytes - offset, Int64(room == 0 ? buffer.count : room)))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<length])
            guard try part.file.fill(at: offset, piece) == length else { throw BundleError.changedWhileRead }
            hasher.update(UnsafeRawBufferPointer(piece))
            if room == 0, let packs { count(UnsafeRawBufferPointer(piece), packs) }
            room = 0
            offset += Int64(length)
        }
        digest = hasher.finalize()
    }

    private mutating func count(_ bytes: UnsafeRawBufferPointer, _ packs: Set<String>) {
        let start = Array("packs/".utf8)
        for at in stride(from: 0, through: bytes.count - MemberHeader.blockBytes, by: MemberHeader.blockBytes) {
            let block = UnsafeRawBufferPointer(rebasing: bytes[at..<at + MemberHeader.blockBytes])
            guard block.starts(with: start), let header = try? MemberHeader(parsing: Array(block)) else { continue }
            if packs.contains(header.name) { ownPacks += 1 } else { otherPacks += 1 }
        }
    }
}
