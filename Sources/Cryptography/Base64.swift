// SPDX-License-Identifier: Apache-2.0
import CSodium

/// RFC 4648 §4 with padding, one spelling a value: spare bits must be zero, padding must be there, nothing else may be.
///
/// A second spelling of one signature would let its file change without the signature changing.
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { encode($0) } }

    /// The text of bytes that are lent; of secret bytes, the text is as secret.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let capacity = sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_ORIGINAL)
        var text = [CChar](repeating: 0, count: capacity)
        defer { wipe(&text) }
        sodium_bin2base64(
            &text, capacity, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
            sodium_base64_VARIANT_ORIGINAL)
        // The last byte is C's terminator.
        return text.dropLast().map { UInt8(bitPattern: $0) }
    }

    /// - Returns: nil for anything but the canonical text of exactly `count` bytes.
    package static func decode(_ text: some Collection<UInt8>, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let filled = bytes.withUnsafeMutableBytes { decode(text, into: $0) }
        return filled ? bytes : nil
    }

    /// Decodes into lent memory, for secrets.
    /// - Returns: whether the text was the canonical one of exactly as many bytes as the memory has.
    package static func decode(_ text: some Collection<UInt8>, into target: UnsafeMutableRawBufferPointer) -> Bool {
        guard let start = target.baseAddress else { return text.isEmpty }
        guard isASCII(text) else { return false }
        var source = text.map { CChar(bitPattern: $0) }
        defer { wipe(&source) }
        var length = 0
        let status = sodium_base642bin(
            start.assumingMemoryBound(to: UInt8.self), target.count, source, source.count, nil, &length, nil,
            sodium_base64_VARIANT_ORIGINAL)
        // libsodium checks spare bits and padding; the length pins the rest.
        return status == 0 && length == target.count && source.count == (target.count + 2) / 3 * 4
    }

    /// libsodium 1.0.18 reads each byte from 0x80 on, a negative number in C, as `A`: a second spelling of every text that has
    /// one.
    private static func isASCII(_ text: some Collection<UInt8>) -> Bool { text.allSatisfy { $0 < 0x80 } }

    private static func wipe(_ text: inout [CChar]) {
        text.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }

    /// Without padding, as age writes it.
    package static func encodeUnpadded(_ bytes: [UInt8]) -> [UInt8] {
        let capacity = sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
        var text = [CChar](repeating: 0, count: capacity)
        sodium_bin2base64(&text, capacity, bytes, bytes.count, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
        return text.dropLast().map { UInt8(bitPattern: $0) }
    }

    /// - Returns: nil for anything but the canonical text without padding.
    package static func decodeUnpadded(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard isASCII(text) else { return nil }
        let source = text.map { CChar(bitPattern: $0) }
        // A room of at least one byte: libsodium wants a pointer.
        var bytes = [UInt8](repeating: 0, count: source.count / 4 * 3 + 3)
        var length = 0
        let status = sodium_base642bin(
            &bytes, bytes.count, source, source.count, nil, &length, nil, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
        guard status == 0, (length * 4 + 2) / 3 == source.count else { return nil }
        return Array(bytes[..<length])
    }
}
