// SPDX-License-Identifier: Apache-2.0

/// Cuts a text document into LF lines without copying it.
struct LineReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    /// The number of the line that was read last, from 1.
    private(set) var number = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next line without its newline, or nil at the end. A last line without newline is refused: a list that was
    /// cut off in its middle must not read as a shorter one.
    mutating func next() throws(LineFault) -> UnsafeBufferPointer<UInt8>? {
        guard position < bytes.count else { return nil }
        number += 1
        let rest = UnsafeBufferPointer(rebasing: bytes[position...])
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw .noNewline }
        position += end + 1
        return UnsafeBufferPointer(rebasing: rest[..<end])
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// `HEX  PATH`, as sha256sum(1) writes it for a binary or text file without special characters.
    func checksumLine() throws(LineFault) -> (digest: UnsafeBufferPointer<UInt8>, path: UnsafeBufferPointer<UInt8>) {
        guard count > 66, self[64] == 0x20, self[65] == 0x20 else { throw .badSyntax }
        let digest = UnsafeBufferPointer(rebasing: self[..<64])
        for byte in digest where !((48...57).contains(byte) || (97...102).contains(byte)) { throw .badDigest }
        return (digest, UnsafeBufferPointer(rebasing: self[66...]))
    }
}
