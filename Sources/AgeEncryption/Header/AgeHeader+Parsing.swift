// SPDX-License-Identifier: Apache-2.0
import Cryptography

extension AgeHeader {
    /// Whether a file begins as any age file does, armored ones too.
    package static func begins(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: "age-encryption.org/".utf8) || isArmored(bytes)
    }

    private static func isArmored(_ bytes: some Collection<UInt8>) -> Bool {
        // age takes white space before it.
        bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.starts(with: "-----BEGIN AGE ENCRYPTED FILE".utf8)
    }

    /// Reads a header by the grammar of age.md, and nothing behind it. One spelling a header: whatever else it could mean is
    /// refused.
    ///
    /// - Parameter bytes: the beginning of a file, or all of it; `limit` of them are enough.
    package init(parsing bytes: [UInt8]) throws(AgeError) {
        guard !AgeHeader.isArmored(bytes) else { throw .armored }
        var lines = AgeLines(bytes)
        let first = try lines.next(orElse: bytes.starts(with: AgeHeader.version.utf8) ? .unfinished : .notAge)
        guard first.elementsEqual(AgeHeader.version.utf8) else {
            throw .header(first.starts(with: "age-encryption.org/".utf8) ? .version : .notAge, offset: 0)
        }
        var stanzas: [AgeStanza] = []
        while true {
            let offset = lines.position
            let line = try lines.next()
            if line.starts(with: "---".utf8) {
                mac = try AgeHeader.mac(line, offset)
                covered = Array(bytes[..<(offset + 3)])
                break
            }
            stanzas.append(try AgeHeader.stanza(line, offset, &lines))
        }
        guard !stanzas.isEmpty else { throw .header(.noRecipient, offset: lines.position) }
        guard stanzas.count == 1 || !stanzas.contains(where: { $0.kind == .passphrase }) else {
            throw .header(.passphraseNotAlone, offset: lines.position)
        }
        self.stanzas = stanzas
        count = lines.position
    }

    /// `--- ` and 32 bytes of base64.
    private static func mac(_ line: ArraySlice<UInt8>, _ offset: Int) throws(AgeError) -> [UInt8] {
        guard line.starts(with: "--- ".utf8), let mac = Base64.decodeUnpadded(line.dropFirst(4)), mac.count == macBytes
        else { throw .header(.badMAC, offset: offset) }
        return mac
    }

    /// `-> ` and arguments, then lines of 64 characters and one that is shorter.
    private static func stanza(_ line: ArraySlice<UInt8>, _ offset: Int, _ lines: inout AgeLines) throws(AgeError)
        -> AgeStanza
    {
        guard line.starts(with: "-> ".utf8) else { throw .header(.badStanza, offset: offset) }
        let arguments = line.dropFirst(3).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        // VCHAR of RFC 5234.
        guard arguments.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw .header(.badStanza, offset: offset)
        }
        var text: [UInt8] = []
        let bodyOffset = lines.position
        while true {
            let line = try lines.next()
            guard line.count <= columns else { throw .header(.badBody, offset: bodyOffset) }
            text += line
            if line.count < columns { break }
        }
        guard let body = Base64.decodeUnpadded(text) else { throw .header(.badBody, offset: bodyOffset) }
        let stanza = AgeStanza(arguments: arguments.map { String(decoding: $0, as: UTF8.self) }, body: body)
        guard stanza.isWellFormed else { throw .header(.badX25519, offset: offset) }
        return stanza
    }
}

/// Lines ended by LF within the first `AgeHeader.limit` bytes.
private struct AgeLines {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = min(bytes.count, AgeHeader.limit)
    }

    mutating func next(orElse fault: AgeHeaderFault = .unfinished) throws(AgeError) -> ArraySlice<UInt8> {
        guard let feed = bytes[position..<end].firstIndex(of: UInt8(ascii: "\n")) else {
            throw .header(bytes.count >= AgeHeader.limit ? .tooLong : fault, offset: bytes.count)
        }
        defer { position = feed + 1 }
        return bytes[position..<feed]
    }
}
