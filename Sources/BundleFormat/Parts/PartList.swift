// SPDX-License-Identifier: Apache-2.0

/// `….parts`: the parts that a bundle was cut into, in order, as `sha256sum -c` reads them (format §16). Nobody has signed
/// it: it says which part is bad, never that one is good.
package struct PartList: Equatable, Sendable {
    /// What `cat` of all parts makes: `NAME-VERSION-ARCH.bundle`.
    package let whole: String
    package let digests: [Digest]

    package static let suffix = ".parts"
    package static let bytesLimit = 512 << 10
    package static let countLimit = 999
    private static let nameLimit = 200

    /// - Parameter digests: 1 to 999.
    package init(whole: String, digests: [Digest]) {
        self.whole = whole
        self.digests = digests
    }

    /// The name of the list that belongs to a bundle's.
    package static func name(of whole: String) -> String { whole + suffix }

    /// The name of a part, counted from 1: `….001`.
    package static func part(_ number: Int, of whole: String) -> String {
        let digits = String(number)
        return "\(whole).\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)"
    }

    package func name(_ number: Int) -> String { PartList.part(number, of: whole) }

    /// Takes the name of a part to pieces; nil when it is none.
    package static func number(in name: String) -> (whole: String, number: Int)? {
        let digits = name.suffix(3)
        guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
            number > 0, name.dropLast(3).hasSuffix(".")
        else { return nil }
        let whole = String(name.dropLast(4))
        return isCarried(whole) ? (whole, number) : nil
    }

    /// Whether every file system keeps such a name as it is, FAT32 and ISO 9660 with Joliet among them.
    package static func isCarried(_ whole: String) -> Bool {
        guard (1...nameLimit).contains(whole.utf8.count), let first = whole.utf8.first else { return false }
        guard first != UInt8(ascii: "."), first != UInt8(ascii: "-"), first != UInt8(ascii: " ") else { return false }
        return whole.utf8.allSatisfy { (0x20...0x7e).contains($0) && !#"\/:*?"<>|"#.utf8.contains($0) }
    }

    /// - Parameter document: the file's name, for errors.
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8], document: String) throws(FormatError) {
        guard bytes.count <= PartList.bytesLimit else {
            throw .tooLarge(document: document, limit: PartList.bytesLimit, found: Int64(bytes.count))
        }
        let parsed = bytes.withUnsafeBufferPointer { buffer -> Result<PartList, FormatError> in
            var lines = LineReader(buffer)
            do throws(LineFault) {
                return .success(try PartList(&lines))
            } catch {
                return .failure(.badLine(document: document, line: lines.number, error))
            }
        }
        self = try parsed.get()
    }

    private init(_ lines: inout LineReader) throws(LineFault) {
        var whole: String?
        var digests: [Digest] = []
        while let line = try lines.next() {
            guard digests.count < PartList.countLimit else { throw .tooMany }
            let (hex, path) = try line.checksumLine()
            guard let digest = Digest(hex: String(decoding: hex, as: UTF8.self)) else { throw .badDigest }
            guard let (name, number) = PartList.number(in: String(decoding: path, as: UTF8.self)),
                whole ?? name == name
            else { throw .badPath }
            guard number == digests.count + 1 else { throw .notSorted }
            whole = name
            digests.append(digest)
        }
        guard let whole else { throw .emptyDocument }
        self.init(whole: whole, digests: digests)
    }

    /// The text, as `sha256sum -c` reads it.
    package var bytes: [UInt8] {
        var text: [UInt8] = []
        for (index, digest) in digests.enumerated() { text += Array("\(digest.hex)  \(name(index + 1))\n".utf8) }
        return text
    }
}
