// SPDX-License-Identifier: Apache-2.0
package import Cryptography

extension SecretKeyFile {
    /// The file of a key under a password, as `minisign -G` writes it.
    ///
    /// Where memory is short the cost is halved, as minisign does; the file says what was used.
    package static func seal(
        _ key: SigningKey, password: SecretBytes, cost: Scrypt.Cost = .sensitive
    ) throws -> SecretBytes {
        let plain = try body(key)
        let salt = try Randomness.bytes(Scrypt.saltBytes)
        var used = cost
        while true {
            do {
                let stream = try stream(password, salt: salt, cost: used)
                return try file(kdf: Array("Sc".utf8), salt: salt, cost: used, checksum: checksum(plain), plain, stream)
            } catch TrustError.scryptNoMemory(let bytes) {
                guard let less = used.halved else { throw TrustError.scryptNoMemory(bytes: bytes) }
                used = less
            }
        }
    }

    /// The file of a key without a password, as `minisign -G -W` writes it: salt, limits and checksum are zero.
    package static func plain(_ key: SigningKey) throws -> SecretBytes {
        let zero = [UInt8](repeating: 0, count: 32)
        let cost = Scrypt.Cost(operations: 0, memory: 0)
        return try file(kdf: [0, 0], salt: zero, cost: cost, checksum: zero, body(key), nil)
    }

    /// Key id, seed, public key.
    private static func body(_ key: SigningKey) throws -> SecretBytes {
        try SecretBytes(count: 72) { target in
            target.copyBytes(from: key.id.bytes)
            key.key.secret.withBytes { secret in for index in 0..<64 { target[8 + index] = secret[index] } }
        }
    }

    private static func file(
        kdf: [UInt8], salt: [UInt8], cost: Scrypt.Cost, checksum: [UInt8], _ plain: SecretBytes, _ stream: SecretBytes?
    ) throws -> SecretBytes {
        let bytes = try SecretBytes(count: count) { target in
            let head = Array("Ed".utf8) + kdf + Array("B2".utf8) + salt + le(cost.operations) + le(cost.memory)
            target.copyBytes(from: head)
            plain.withBytes { source in for index in 0..<72 { target[54 + index] = source[index] } }
            for index in 0..<32 { target[126 + index] = checksum[index] }
            stream?.withBytes { stream in for index in 0..<104 { target[54 + index] ^= stream[index] } }
        }
        var text = Array("untrusted comment: minisign encrypted secret key\n".utf8)
        text.reserveCapacity(512)
        var encoded = bytes.withBytes { Base64.encode($0) }
        defer { SecretBytes.wipe(&encoded) }
        text += encoded
        text.append(UInt8(ascii: "\n"))
        return try SecretBytes(wiping: &text)
    }

    private static func le(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
}
