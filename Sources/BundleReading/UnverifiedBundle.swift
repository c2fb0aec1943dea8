// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem
import Trust

/// A file that says it is a bundle. The way on is `proveHead`; there is no other (format §12).
package struct UnverifiedBundle {
    package let medium: BundleMedium
    package let claimed: ClaimedHead
    /// Stands behind the header that follows `trust/`.
    let stream: MemberStream
    let following: MemberStream.Located?

    /// Reads up to the end of `trust/`, at most 21 MiB, and parses the first line of `README.txt`.
    ///
    /// - Parameters:
    ///   - identities: what may open an encrypted one; without them it is refused.
    ///   - search: how parts are found.
    /// - Throws: `BundleError`, `PartError`, `AgeError`, `FormatError` for that line, `SystemCallError`.
    package static func open(
        _ path: HostPath, identities: BundleMedium.Identities? = nil, search: PartSearch? = nil
    ) throws -> UnverifiedBundle {
        let medium = try BundleMedium.open(path, identities: identities, search: search)
        return try medium.locating { try open(medium) }
    }

    private static func open(_ medium: BundleMedium) throws -> UnverifiedBundle {
        var stream = MemberStream(medium)
        let readme = try firstMember(&stream, medium)
        let identity = try Readme(parsing: readme).identity
        let checksums = try member(.checksums, &stream)
        let areaOffset = stream.position
        let signatures = try signatureArea(&stream)
        var trust: [HeadMember] = []
        var following = try stream.next()
        var trustBytes: Int64 = 0
        while let member = following, member.name.isTrust {
            trustBytes += member.size
            guard trustBytes <= Int64(Limits.trustBytes) else {
                throw BundleError.memberTooLarge(
                    member: "trust/", limit: Int64(Limits.trustBytes), found: trustBytes, offset: member.offset)
            }
            trust.append(HeadMember(name: member.name, bytes: try stream.whole(member)))
            following = try stream.next()
        }
        let claimed = ClaimedHead(
            identity: identity, readme: readme, checksums: checksums, signatures: signatures, trust: trust,
            signatureAreaOffset: areaOffset)
        return UnverifiedBundle(medium: medium, claimed: claimed, stream: stream, following: following)
    }

    /// The first header decides whether this is a bundle at all, damaged or not.
    private static func firstMember(_ stream: inout MemberStream, _ medium: BundleMedium) throws -> [UInt8] {
        var start = [UInt8](repeating: 0, count: Int(min(medium.size, 512)))
        try start.withUnsafeMutableBytes { try medium.read(at: 0, into: $0) }
        guard start.starts(with: "README.txt\0".utf8) else { throw BundleError.notABundle }
        guard let first = try stream.next() else { throw BundleError.notABundle }
        return try stream.whole(first)
    }

    private static func member(_ name: MemberName, _ stream: inout MemberStream) throws -> [UInt8] {
        let offset = stream.position
        guard let found = try stream.next() else {
            throw BundleError.missingMember(expected: name.description, offset: offset)
        }
        guard found.name == name else {
            throw BundleError.unexpectedMember(
                found: found.name.description, expected: name.description, offset: offset)
        }
        return try stream.whole(found)
    }

    /// Format §5.2: signatures, then zeros that fill the area exactly.
    private static func signatureArea(_ stream: inout MemberStream) throws -> [NamedSignature] {
        let start = stream.position
        var signatures: [NamedSignature] = []
        while true {
            let offset = stream.position
            switch try stream.next() {
            case .some(let member):
                if case .signature(let key) = member.name, let name = KeyFingerprint(hex: key) {
                    signatures.append(NamedSignature(name: name, bytes: try stream.whole(member)))
                    continue
                }
                guard member.name == .signatureReserve,
                    member.size == SignatureArea.reserveBytes(used: offset - start)
                else { throw BundleError.badSignatureArea(offset: offset) }
                guard try stream.whole(member).allSatisfy({ $0 == 0 }) else {
                    throw BundleError.badSignatureArea(offset: member.dataOffset)
                }
                return signatures
            case nil:
                throw BundleError.missingMember(
                    expected: MemberName.signatureReserve.description, offset: offset)
            }
        }
    }
}

extension MemberName {
    fileprivate var isTrust: Bool {
        switch self {
        case .trustRoot, .trustSignature: true
        default: false
        }
    }
}
