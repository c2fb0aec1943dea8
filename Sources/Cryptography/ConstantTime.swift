// SPDX-License-Identifier: Apache-2.0
import CSodium

/// Comparison whose duration tells nothing about where two texts first differ.
package enum ConstantTime {
    package static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        return sodium_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
    }

    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { a in right.withUnsafeBytes { equal(a, $0) } }
    }
}
