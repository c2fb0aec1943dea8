// SPDX-License-Identifier: Apache-2.0
import CSodium

/// scrypt (RFC 7914) as minisign uses it: the key file holds libsodium's two limits, and N, r, p follow from them by
/// libsodium's own rule.
package enum Scrypt {
    /// How hard one guess at a password is.
    package struct Cost: Equatable, Sendable {
        package var operations: UInt64
        package var memory: UInt64

        package init(operations: UInt64, memory: UInt64) {
            self.operations = operations
            self.memory = memory
        }

        /// What minisign writes: N = 2^20, r = 8, p = 1, so 1 GiB of memory a guess.
        package static let sensitive = Cost(operations: 33_554_432, memory: 1_073_741_824)
        /// libsodium's smallest: 16 MiB. For tests; never for a key that signs releases.
        package static let interactive = Cost(operations: 524_288, memory: 16_777_216)

        /// Half of it, as minisign does where memory is short; nil below the smallest.
        package var halved: Cost? {
            let half = Cost(operations: operations / 2, memory: memory / 2)
            return half.memory < Cost.interactive.memory ? nil : half
        }
    }

    /// No tool writes more than `sensitive`; a file that asks for more would only hang or exhaust the machine.
    package static let ceiling = Cost.sensitive

    package static let saltBytes = 32

    /// - Parameter salt: 32 bytes.
    /// - Throws: `scryptTooCostly` past the ceiling, `scryptNoMemory` when this machine lacks the memory.
    package static func derive(password: SecretBytes, salt: [UInt8], cost: Cost, count: Int) throws -> SecretBytes {
        guard cost.operations <= ceiling.operations, cost.memory <= ceiling.memory else {
            throw CryptographyError.scryptTooCostly(operations: cost.operations, memory: cost.memory)
        }
        precondition(salt.count == saltBytes, "callers cut the salt from a fixed layout")
        return try SecretBytes(
            count: count,
            writing: { target in
                let status = password.withPointer { secret in
                    secret.withMemoryRebound(to: CChar.self, capacity: password.count) {
                        crypto_pwhash_scryptsalsa208sha256(
                            target, UInt64(count), $0, UInt64(password.count), salt, cost.operations, Int(cost.memory))
                    }
                }
                guard status == 0 else { throw CryptographyError.scryptNoMemory(bytes: cost.memory) }
            })
    }
}
