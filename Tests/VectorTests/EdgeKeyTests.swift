// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing
import Trust

/// C2SP's 914 edge cases of Ed25519 through the files that people bring: a key with a low-order part is refused when it is taken
/// in, whatever signature comes with it, and no disputed signature counts under any of the keys.
@Suite(.enabled(if: EdgeVectors.arePresent, "the folder ../shared/vectors is not there"))
struct EdgeKeyTests {
    @Test func refusesEveryWeakKeyAtImport() throws {
        let vectors = try EdgeVectors.load()
        #expect(vectors.count == 914)
        var refused = 0
        for vector in vectors {
            let base64 = Base64.encode(Array("Ed12345678".utf8) + vector.key)
            let file = Array("untrusted comment: edge\n".utf8) + base64 + [10]
            let isWeak = !vector.flags.isDisjoint(with: ["low_order_A", "low_order_component_A", "non_canonical_A"])
            guard isWeak else { continue }
            refused += 1
            #expect(throws: TrustError.weakPublicKey) { try MinisignPublicKey(file: file) }
        }
        #expect(refused > 400)
    }

    /// The one way of a signature into a verdict: `Ed25519PublicKey.verifies`, here by the key of a file.
    @Test func takesNoDisputedSignature() throws {
        let disputed: Set = [
            "low_order_A", "low_order_R", "low_order_component_A", "low_order_component_R", "low_order_residue",
            "non_canonical_A", "non_canonical_R", "reencoded_k",
        ]
        var taken = 0
        for vector in try EdgeVectors.load() {
            let text = String(decoding: Base64.encode(Array("Ed12345678".utf8) + vector.key), as: UTF8.self)
            guard let key = try? MinisignPublicKey(base64: text) else { continue }
            let holds = key.key.verifies(signature: vector.signature, of: vector.message)
            #expect(!holds || vector.flags.isDisjoint(with: disputed))
            taken += holds ? 1 : 0
        }
        #expect((1...43).contains(taken))
    }
}

private enum EdgeVectors {
    struct Vector {
        let key, signature, message: [UInt8]
        let flags: Set<String>
    }

    static let path = HostPath(#filePath).parent / "../../../shared/vectors/ed25519/ed25519vectors.json"
    static var arePresent: Bool { (try? FileSystem.exists(path)) == true }

    static func load() throws -> [Vector] {
        guard case .array(let entries) = try StrictJSON.parse(FileSystem.readAll(path, limit: 4 << 20)) else {
            return []
        }
        return try entries.map { entry in
            guard case .string(let key)? = entry["key"], case .string(let signature)? = entry["sig"],
                case .string(let message)? = entry["msg"]
            else { throw TrustError.cryptographyUnavailable }
            var flags: Set<String> = []
            if case .array(let list)? = entry["flags"] {
                for case .string(let flag) in list { flags.insert(flag) }
            }
            return Vector(
                key: try #require(Hexadecimal.decode(key.utf8)),
                signature: try #require(Hexadecimal.decode(signature.utf8)), message: Array(message.utf8), flags: flags)
        }
    }
}
