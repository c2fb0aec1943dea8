// SPDX-License-Identifier: Apache-2.0

/// What can go wrong in this room. Facts; the words are in `Commands/Wording`.
package enum CryptographyError: Error, Equatable, Sendable {
    /// libsodium could not be started.
    case libraryUnavailable
    /// Not 32 bytes, not a point of the curve, not its canonical spelling, or a point of small or mixed order: no honest
    /// key is one, and a small-order key has signatures that hold for every message.
    case badPublicKey
    /// A seed is 32 bytes.
    case badSeed
    /// The kernel gave no memory for a secret.
    case noMemoryForSecret(bytes: Int)
    /// The key file asks for more work or memory than anyone's tool writes.
    case scryptTooCostly(operations: UInt64, memory: UInt64)
    /// This machine has not the memory that the key file's own limits ask for.
    case scryptNoMemory(bytes: UInt64)
}
