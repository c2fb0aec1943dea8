// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Foundation
import Testing

/// C2SP's edge cases of Ed25519: 914 signatures on which verifiers disagree. libsodium takes 43 of them; we take none
/// that it refuses, and none whose key carries a low-order part.
@Suite struct EdgeVectorTests {
    static let path = "../shared/vectors/ed25519/ed25519vectors.json"
    static var present: Bool { FileManager.default.fileExists(atPath: path) }

    struct Vector {
        let key, signature, message: [UInt8]
        let flags: Set<String>
    }

    static func load() throws -> [Vector] {
        let document = try StrictJSON.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        guard case .array(let entries) = document else { return [] }
        return try entries.map { entry in
            guard case .string(let key)? = entry["key"], case .string(let signature)? = entry["sig"],
                case .string(let message)? = entry["msg"]
            else { throw CocoaError(.coderReadCorrupt) }
            var flags: Set<String> = []
            if case .array(let list)? = entry["flags"] {
                for case .string(let flag) in list { flags.insert(flag) }
            }
            return Vector(
                key: try #require(Hexadecimal.decode(key.utf8)),
                signature: try #require(Hexadecimal.decode(signature.utf8)),
                message: Array(message.utf8), flags: flags)
        }
    }

    @Test(.enabled(if: present, "the folder ../shared/vectors is not there"))
    func takesOnlyWhatNobodyDisputes() throws {
        let vectors = try EdgeVectorTests.load()
        #expect(vectors.count == 914)
        var taken = 0
        for vector in vectors {
            guard let key = try? Ed25519PublicKey(bytes: vector.key) else { continue }
            guard key.verifies(signature: vector.signature, of: vector.message) else { continue }
            taken += 1
            let disputed: Set = [
                "low_order_A", "low_order_R", "low_order_component_A", "low_order_component_R", "low_order_residue",
                "non_canonical_A", "non_canonical_R", "reencoded_k",
            ]
            #expect(vector.flags.isDisjoint(with: disputed))
        }
        #expect(taken <= 43)
    }
}
