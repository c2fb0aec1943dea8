// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A bundle of which every byte was accounted for. The medium may have changed since: what is used later is hashed
/// again, or was staged.
package struct VerifiedBundle {
    package let head: ProvenHead
    /// The members of the body and their sizes, in order.
    package let members: [BodyMember]
}

/// A proven member of the body.
package struct BodyMember: Equatable, Sendable {
    package let name: MemberName
    package let digest: Digest
    package let size: Int64
    /// Where its data begins in the file.
    package let offset: Int64
}

extension ProvenHead {
    /// Told how many bytes of the file are behind, and how many there are.
    package typealias Progress = (_ done: Int64, _ total: Int64) -> Void

    /// Reads the body once and proves every byte up to the end of the file, with a buffer.
    ///
    /// - Throws: `BundleError`, `FormatError`, `SystemCallError`, `CancellationError`.
    package func verifyBody(progress: Progress = { _, _ in }) throws -> VerifiedBundle {
        VerifiedBundle(head: self, members: try readBody(progress) { _ in nil })
    }

    /// Goes through the body; each member's bytes also go into the sink that `open` gives for it.
    func readBody(
        _ progress: Progress, proven: (_ pack: Int) -> Void = { _ in },
        open: (ChecksumList.Entry) throws -> (any ByteSink)?
    ) throws -> [BodyMember] {
        try medium.locating(packs: packNames) { try readAll(progress, proven, open: open) }
    }

    var packNames: Set<String> { Set(packs.packs.map(\.member.description)) }

    private func readAll(
        _ progress: Progress, _ proven: (Int) -> Void, open: (ChecksumList.Entry) throws -> (any ByteSink)?
    ) throws -> [BodyMember] {
        var stream = body
        var members: [BodyMember] = []
        var documentSizes: [ReleasePath: Int64] = [:]
        var packNumber = 0
        for entry in bodyMembers {
            let found = try next(entry, &stream)
            switch entry.member {
            case .pack:
                let expected = packs.packs[packNumber].storedBytes
                guard found.size == expected else {
                    throw BundleError.wrongMemberSize(
                        member: entry.member.description, expected: expected, found: found.size, offset: found.offset)
                }
                packNumber += 1
            case .document(let path), .sbom(let path): documentSizes[path] = found.size
            default: break
            }
            let sink = try open(entry)
            let delta = packs.delta(entry.member, packNumber - 1).map(DeltaPackHead.init)
            var done = found.dataOffset
            let digest = try stream.stream(found) { part in
                try sink?.write(part)
                delta?.take(part)
                done += Int64(part.count)
                progress(done, medium.size)
            }
            try demand(digest, entry, found, packNumber - 1)
            try delta?.check(packs) { feeds(packNumber - 1) }
            if case .pack = entry.member { proven(packNumber - 1) }
            members.append(
                BodyMember(name: entry.member, digest: digest, size: found.size, offset: found.dataOffset))
        }
        let offset = stream.position
        if let extra = try stream.next() {
            throw BundleError.unexpectedMember(found: extra.name.description, expected: nil, offset: offset)
        }
        try stream.end()
        try check(documentSizes: documentSizes)
        return members
    }

    /// One document of the body, whole, after its digest was compared; packs are not read.
    ///
    /// - Throws: `BundleError.noSuchMember`; `.memberTooLarge` past `limit` bytes; what damage throws.
    package func readMember(_ name: MemberName, limit: Int = 16 << 20) throws -> [UInt8] {
        if name.isHead, let member = evidence.first(where: { $0.name == name }) { return member.bytes }
        return try medium.locating(packs: packNames) { try read(name, limit) }
    }

    private func read(_ name: MemberName, _ limit: Int) throws -> [UInt8] {
        var stream = body
        for entry in bodyMembers {
            let found = try next(entry, &stream)
            guard entry.member == name else {
                try stream.skip(found)
                continue
            }
            guard found.size <= Int64(limit) else {
                throw BundleError.memberTooLarge(
                    member: name.description, limit: Int64(limit), found: found.size, offset: found.offset)
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Int(found.size))
            try demand(try stream.stream(found) { bytes += $0 }, entry, found, nil)
            return bytes
        }
        throw BundleError.noSuchMember(name.description)
    }

    func next(_ entry: ChecksumList.Entry, _ stream: inout MemberStream) throws -> MemberStream.Located {
        let offset = stream.position
        guard let found = try stream.next() else {
            throw BundleError.missingMember(expected: entry.member.description, offset: offset)
        }
        guard found.name == entry.member else {
            throw BundleError.unexpectedMember(
                found: found.name.description, expected: entry.member.description, offset: offset)
        }
        return found
    }

    func demand(_ digest: Digest, _ entry: ChecksumList.Entry, _ found: MemberStream.Located, _ pack: Int?)
        throws
    {
        guard digest == entry.digest else {
            var fed: [String] = []
            if case .pack = entry.member, let pack { fed = feeds(pack) }
            throw BundleError.wrongDigest(
                member: entry.member.description, offset: found.dataOffset, bytes: found.size, expected: entry.digest,
                found: digest, feeds: fed)
        }
    }
}
