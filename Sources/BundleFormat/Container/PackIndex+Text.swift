// SPDX-License-Identifier: Apache-2.0

/// The text of `packs.index` (format §9.1).
extension PackIndex {
    /// - Parameter text: proven.
    /// - Throws: `FormatError`.
    package init(parsing text: consuming TextPieces) throws(FormatError) {
        guard text.count <= Limits.packIndexBytes else {
            throw .tooLarge(document: PackIndex.name, limit: Limits.packIndexBytes, found: Int64(text.count))
        }
        var checker = PackIndexChecker()
        checker.expect(contents: text.count / PackIndex.leastContentBytes)
        var isFirst = true
        let count = try text.readLines(of: PackIndex.name) { line throws(LineFault) in
            guard !isFirst else {
                guard line.elementsEqual(PackIndex.firstLine.utf8) else { throw .wrongFirstLine }
                isFirst = false
                return
            }
            try PackIndex.read(line, into: &checker)
        }
        do throws(LineFault) {
            guard !isFirst else { throw .emptyDocument }
            self = try checker.finish()
        } catch {
            throw .badLine(document: PackIndex.name, line: count, error)
        }
    }

    /// - Parameter bytes: proven ones.
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8]) throws(FormatError) { try self.init(parsing: TextPieces([bytes])) }

    /// Of a line of a content, its newline included.
    private static let leastContentBytes = 75
    /// Of one in one range.
    private static let usualContentBytes = 96

    /// The text.
    package var bytes: [UInt8] {
        var text = Array("\(PackIndex.firstLine)\n".utf8)
        text.reserveCapacity(contentCount * PackIndex.usualContentBytes)
        for base in bases { text += Array("base \(base.version) \(base.digest.hex)\n".utf8) }
        for need in needs { text += Array("needs \(need.digest.hex) \(need.size)\n".utf8) }
        for pack in packs {
            text += Array(
                "pack \(pack.digest.hex) \(pack.codec.rawValue) \(pack.storedBytes) \(pack.unpackedBytes)".utf8)
            if let older = pack.older { text += Array(" \(older.hex)".utf8) }
            text.append(UInt8(ascii: "\n"))
        }
        for content in contents {
            text += Array("content \(content.digest.hex) \(content.size)".utf8)
            for range in content.ranges { text += Array(" \(range.pack):\(range.offset):\(range.length)".utf8) }
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    private static func read(_ line: UnsafeBufferPointer<UInt8>, into checker: inout PackIndexChecker)
        throws(LineFault)
    {
        let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count >= 3, let keyword = words.first else { throw .badSyntax }
        if keyword.elementsEqual("content".utf8) {
            var ranges: [Range] = []
            for word in words[3...] { ranges.append(try range(word)) }
            try checker.take(
                Content(digest: try digest(words[1]), size: try number(words[2]), ranges: ranges))
        } else if keyword.elementsEqual("pack".utf8) {
            guard let codec = Codec(rawValue: String(decoding: words[2], as: UTF8.self)) else { throw .unsupported }
            guard words.count == (codec == .delta ? 6 : 5) else { throw .badSyntax }
            try checker.take(
                Pack(
                    digest: try digest(words[1]), codec: codec, storedBytes: try number(words[3]),
                    unpackedBytes: try number(words[4]), older: codec == .delta ? try digest(words[5]) : nil))
        } else if keyword.elementsEqual("needs".utf8) {
            guard words.count == 3 else { throw .badSyntax }
            try checker.take(Need(digest: try digest(words[1]), size: try number(words[2])))
        } else if keyword.elementsEqual("base".utf8) {
            guard words.count == 3 else { throw .badSyntax }
            let text = String(decoding: words[1], as: UTF8.self)
            // One spelling: `v1.0.0` names the same version in other bytes.
            guard let version = Version(text), version.description == text else { throw .badSyntax }
            try checker.take(Base(version: version, digest: try digest(words[2])))
        } else {
            throw .badSyntax
        }
    }

    private static func range(_ word: Slice<UnsafeBufferPointer<UInt8>>) throws(LineFault) -> Range {
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .badSyntax }
        return Range(pack: Int(try number(parts[0])), offset: try number(parts[1]), length: try number(parts[2]))
    }

    private static func number(_ word: Slice<UnsafeBufferPointer<UInt8>>) throws(LineFault) -> Int64 {
        guard let number = Grammar.decimal(word) else { throw .badNumber }
        return number
    }

    private static func digest(_ word: Slice<UnsafeBufferPointer<UInt8>>) throws(LineFault) -> Digest {
        guard let digest = Digest(hexDigits: word) else { throw .badDigest }
        return digest
    }
}
