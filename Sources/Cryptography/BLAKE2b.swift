// SPDX-License-Identifier: Apache-2.0
import CSodium

/// BLAKE2b without a key (RFC 7693): minisign's checksum of a secret key (256 bits) and its prehash (512 bits).
package enum BLAKE2b {
    package enum Length: Int, Sendable {
        case bits256 = 32
        case bits512 = 64
    }

    package static func hash(_ bytes: [UInt8], _ length: Length) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0, length) }
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer, _ length: Length) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: length.rawValue)
        crypto_generichash_blake2b(
            &result, result.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count), nil, 0)
        return result
    }
}
