// SPDX-License-Identifier: Apache-2.0

/// The 32 KiB between `SHA256SUMS` and the next member, headers included (format §5.2): as it never changes its size,
/// adding a signature rewrites it in place and moves no other byte.
package enum SignatureArea {
    /// The members of the area in their order: signatures by key, then the reserve that fills it.
    ///
    /// - Parameter signatures: by key, 32 hexadecimal digits; at most 16 of at most 1,024 bytes.
    /// - Throws: `FormatError`.
    package static func members(_ signatures: [String: [UInt8]]) throws(FormatError) -> [(
        name: MemberName, bytes: [UInt8]
    )] {
        guard signatures.count <= Limits.signatures else { throw .badLayout(.tooManySignatures) }
        var members: [(name: MemberName, bytes: [UInt8])] = []
        var used: Int64 = 0
        for (key, bytes) in signatures.sorted(by: { $0.key < $1.key }) {
            guard let name = MemberName("signatures/\(key).minisig") else { throw .badLayout(.unknownName(key)) }
            guard bytes.count <= Limits.signatureBytes else {
                throw .tooLarge(
                    document: name.description, limit: Limits.signatureBytes, found: Int64(bytes.count))
            }
            members.append((name, bytes))
            used += try MemberHeader(name: name.description, size: Int64(bytes.count)).totalBytes
        }
        members.append((.signatureReserve, [UInt8](repeating: 0, count: Int(reserveBytes(used: used)))))
        return members
    }

    /// The whole area: exactly 32 KiB.
    package static func bytes(_ signatures: [String: [UInt8]]) throws(FormatError) -> [UInt8] {
        var area: [UInt8] = []
        for (name, bytes) in try members(signatures) {
            let header = try MemberHeader(name: name.description, size: Int64(bytes.count))
            area += header.bytes + bytes + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        return area
    }

    /// The size of the reserve's data behind signatures that take `used` bytes with their headers and padding.
    package static func reserveBytes(used: Int64) -> Int64 {
        Int64(Limits.signatureAreaBytes) - used - Int64(MemberHeader.blockBytes)
    }
}
