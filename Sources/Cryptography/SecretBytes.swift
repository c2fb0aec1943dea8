// SPDX-License-Identifier: Apache-2.0
import CSodium

/// Bytes that nobody may see: keys, passwords, values of secrets.
///
/// They live in libsodium's guarded memory: locked into RAM where the limits allow (never swapped), left out of core
/// dumps, between inaccessible pages, and wiped when the last owner lets go. They cannot be printed, reflected or
/// encoded. The contents never change after `init`, which is why threads may share them.
package final class SecretBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    package let count: Int

    package var isEmpty: Bool { count == 0 }

    /// Makes `count` zero bytes and lets `fill` write them; afterwards they can only be read.
    package init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        try Sodium.start()
        // sodium_malloc(0) is legal and gives a pointer that may not be touched.
        guard let base = sodium_malloc(count) else { throw CryptographyError.noMemoryForSecret(bytes: count) }
        self.base = base
        self.count = count
        let memory = UnsafeMutableRawBufferPointer(start: base, count: count)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        // deinit frees it when `fill` throws: every property is set by now.
        try fill(memory)
        sodium_mprotect_readonly(base)
    }

    /// The same for C functions, which want a pointer that is there.
    convenience init(count: Int, writing fill: (UnsafeMutablePointer<UInt8>) throws -> Void) throws {
        try self.init(count: count) { memory in
            guard let start = memory.baseAddress else { return }
            try fill(start.assumingMemoryBound(to: UInt8.self))
        }
    }

    deinit { sodium_free(base) }

    /// Moves bytes in: the source is overwritten with zeros. Copies that Swift made of it before are beyond our reach,
    /// so read passwords into a `[UInt8]` that nothing else has held.
    package convenience init(wiping source: inout [UInt8]) throws {
        defer { SecretBytes.wipe(&source) }
        try self.init(count: source.count) { target in source.withUnsafeBytes { target.copyMemory(from: $0) } }
    }

    /// Random bytes from the kernel.
    package static func random(count: Int) throws -> SecretBytes {
        try SecretBytes(count: count, writing: { randombytes_buf($0, count) })
    }

    /// Lends the bytes; the pointer must not outlive the call, and the bytes must not be copied into an array that
    /// stays.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The same for C functions of this room.
    func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return body(UnsafePointer(base.assumingMemoryBound(to: UInt8.self)))
    }

    /// A part of these bytes, in memory of its own.
    package func slice(_ range: Range<Int>) throws -> SecretBytes {
        try SecretBytes(count: range.count) { target in
            withBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    /// Compares in a time that depends on the lengths alone.
    package func equals(_ other: SecretBytes) -> Bool {
        withBytes { left in other.withBytes { ConstantTime.equal(left, $0) } }
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension SecretBytes {
    /// Overwrites an array that held a secret for a moment, in a way that the compiler cannot leave out.
    package static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }
}
