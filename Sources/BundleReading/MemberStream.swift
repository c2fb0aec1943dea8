// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// Walks the members of a container from one offset on, each byte once: headers, data, padding, end marker.
///
/// Nothing here decides what is believed; it makes sure that no byte is passed over.
struct MemberStream {
    /// A member whose header was read and whose data comes next.
    struct Located {
        let name: MemberName
        let size: Int64
        /// Of its header.
        let offset: Int64
        var dataOffset: Int64 { offset + Int64(MemberHeader.blockBytes) }
    }

    let medium: BundleMedium
    private(set) var position: Int64
    private var layout: ContainerLayout
    /// No more than stays in a processor's cache between being read and being hashed.
    private static let bufferBytes = 256 << 10
    /// As much as goes back to the system when it is given up (`LargeBlocks`).
    private static let pieceBytes = 1 << 20

    init(_ medium: BundleMedium, at position: Int64 = 0, layout: ContainerLayout = ContainerLayout()) {
        self.medium = medium
        self.position = position
        self.layout = layout
    }

    /// Reads the next header and holds its name to the order of members and its size to the name's limit.
    ///
    /// - Returns: nil at a block of zeros, the first of the end marker.
    mutating func next() throws -> Located? {
        let offset = position
        let block = try take(MemberHeader.blockBytes, member: nil)
        let header: MemberHeader
        do throws(FormatError) {
            header = try MemberHeader(parsing: block)
        } catch {
            guard case .badHeader(let fault) = error else { throw error }
            if fault == .endMarker { return nil }
            throw BundleError.badHeader(fault, offset: offset)
        }
        guard let name = MemberName(header.name) else {
            throw BundleError.unexpectedMember(found: header.name, expected: nil, offset: offset)
        }
        do throws(FormatError) {
            try layout.take(name)
        } catch {
            var expected: String?
            if case .badLayout(.missing(let missing)) = error { expected = missing }
            throw BundleError.unexpectedMember(found: header.name, expected: expected, offset: offset)
        }
        guard header.size <= name.limit else {
            throw BundleError.memberTooLarge(
                member: header.name, limit: name.limit, found: header.size, offset: offset)
        }
        return Located(name: name, size: header.size, offset: offset)
    }

    /// Reads the data of a member that is small by its limit.
    mutating func whole(_ member: Located) throws -> [UInt8] {
        let bytes = try take(Int(member.size), member: member.name)
        try padding(member)
        return bytes
    }

    /// Reads the data of a document that may be long. Nothing in it was looked at.
    ///
    /// - Returns: its text and its SHA-256.
    mutating func pieces(_ member: Located) throws -> (pieces: [[UInt8]], digest: Digest) {
        try demand(member.size, member: member.name)
        var hasher = SHA256Hasher()
        var pieces: [[UInt8]] = []
        var rest = Int(member.size)
        while rest > 0 {
            let piece = try take(min(rest, Self.pieceBytes), member: member.name)
            piece.withUnsafeBytes { hasher.update($0) }
            pieces.append(piece)
            rest -= piece.count
        }
        try padding(member)
        return (pieces, hasher.finalize())
    }

    /// Gives the data of a member in pieces, with a buffer of 256 KiB.
    ///
    /// - Returns: its SHA-256.
    mutating func stream(_ member: Located, _ each: (UnsafeRawBufferPointer) throws -> Void) throws -> Digest {
        try demand(member.size, member: member.name)
        var hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(Int64(Self.bufferBytes), max(1, member.size))), alignment: 4096)
        defer { buffer.deallocate() }
        var rest = member.size
        while rest > 0 {
            try Task.checkCancellation()
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(rest, Int64(buffer.count)))])
            try medium.read(at: position, into: part)
            position += Int64(part.count)
            rest -= Int64(part.count)
            hasher.update(UnsafeRawBufferPointer(part))
            try each(UnsafeRawBufferPointer(part))
        }
        try padding(member)
        return hasher.finalize()
    }

    /// Goes past a member without looking at it; only behind a head that is proven, to find another one.
    mutating func skip(_ member: Located) throws {
        let padding = Int64(-member.size & 511)
        try demand(member.size + padding, member: member.name)
        position += member.size + padding
    }

    /// The second block of zeros, and nothing behind it (format §4.4).
    mutating func end() throws {
        do throws(FormatError) {
            try layout.finish()
        } catch {
            guard case .badLayout(.missing(let expected)) = error else { throw error }
            throw BundleError.missingMember(expected: expected, offset: position - Int64(MemberHeader.blockBytes))
        }
        let offset = position
        guard try take(MemberHeader.blockBytes, member: nil).allSatisfy({ $0 == 0 }) else {
            throw BundleError.badEndMarker(offset: offset)
        }
        guard position == medium.size else {
            throw BundleError.bytesAfterEnd(offset: position, count: medium.size - position)
        }
        try medium.checkSize()
    }

    private mutating func padding(_ member: Located) throws {
        let offset = position
        guard try take(Int(-member.size & 511), member: member.name).allSatisfy({ $0 == 0 }) else {
            throw BundleError.badPadding(member: member.name.description, offset: offset)
        }
    }

    private mutating func take(_ count: Int, member: MemberName?) throws -> [UInt8] {
        try demand(Int64(count), member: member)
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try medium.read(at: position, into: $0) }
        position += Int64(count)
        return bytes
    }

    /// Nothing is allocated for bytes that the file does not have.
    private func demand(_ count: Int64, member: MemberName?) throws {
        guard count <= medium.size - position else {
            throw BundleError.truncated(
                member: member?.description, offset: medium.size, fileBytes: medium.size)
        }
    }
}
