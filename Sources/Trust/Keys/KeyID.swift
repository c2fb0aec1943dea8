// SPDX-License-Identifier: Apache-2.0

/// minisign's key id: eight random bytes that no signature covers. For people to tell keys apart, never to look one up
/// (trust §2.2).
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
    /// 8 bytes in the file's order.
    package let bytes: [UInt8]

    /// - Returns: nil unless there are exactly 8 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        self.bytes = Array(bytes)
    }

    /// 16 upper-case digits of the little-endian number; minisign leaves out the zeros that it may begin with.
    package var description: String {
        let digits = Array("0123456789ABCDEF")
        return String(bytes.reversed().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
