// SPDX-License-Identifier: Apache-2.0

/// `SHA256SUMS`: the digest of every member but itself and `signatures/`, in member order (format §5.3). It is what
/// signatures are of.
package struct ChecksumList: Equatable, Sendable {
    package static let name = "SHA256SUMS"

    package struct Entry: Equatable, Sendable {
        package let member: MemberName
        package let digest: Digest

        package init(_ member: MemberName, _ digest: Digest) {
            self.member = member
            self.digest = digest
        }
    }

    package let entries: [Entry]

    /// - Parameter entries: every listed member in the order of the container.
    /// - Throws: `FormatError` when that is not the order, or the text would be past its limit.
    package init(_ entries: [Entry]) throws(FormatError) {
        self.entries = entries
        try checkOrder()
        guard bytes.count <= Limits.checksumListBytes else {
            throw .tooLarge(document: ChecksumList.name, limit: Limits.checksumListBytes, found: Int64(bytes.count))
        }
    }

    /// - Parameter bytes: proven ones.
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Limits.checksumListBytes else {
            throw .tooLarge(document: ChecksumList.name, limit: Limits.checksumListBytes, found: Int64(bytes.count))
        }
        entries = try bytes.withUnsafeBufferPointer { buffer -> Result<[Entry], FormatError> in
            var lines = LineReader(buffer)
            var entries: [Entry] = []
            do throws(LineFault) {
                while let line = try lines.next() {
                    let (hex, path) = try line.checksumLine()
                    guard let digest = Digest(hexDigits: hex) else { throw .badDigest }
                    guard let member = MemberName(String(decoding: path, as: UTF8.self)), member.isListed else {
                        throw .badPath
                    }
                    entries.append(Entry(member, digest))
                }
                return .success(entries)
            } catch {
                return .failure(.badLine(document: ChecksumList.name, line: lines.number, error))
            }
        }.get()
        try checkOrder()
    }

    /// - Returns: nil when the member is not in the list.
    package func digest(of member: MemberName) -> Digest? { entries.first { $0.member == member }?.digest }

    /// The text, as `sha256sum -c` reads it.
    package var bytes: [UInt8] {
        var text: [UInt8] = []
        for entry in entries { text += Array("\(entry.digest.hex)  \(entry.member)\n".utf8) }
        return text
    }

    /// Its first line is that of `README.txt`, so that nothing else that is ever signed can be taken for it.
    private func checkOrder() throws(FormatError) {
        guard entries.first?.member == .readme else {
            throw .badLine(document: ChecksumList.name, line: 1, .wrongFirstLine)
        }
        // The members that are not listed are put in where they stand.
        var layout = ContainerLayout()
        try layout.take(.readme)
        try layout.take(.checksums)
        try layout.take(.signatureReserve)
        var packs: Set<Digest> = []
        for entry in entries.dropFirst() {
            try layout.take(entry.member)
            if case .pack(let digest, _) = entry.member {
                // A pack's name is the digest of its stored bytes: two statements of one fact.
                guard digest == entry.digest, packs.insert(digest).inserted else {
                    throw .badLayout(.wrongOrder(member: entry.member.description, after: "packs/"))
                }
            }
        }
        try layout.finish()
    }
}
