// SPDX-License-Identifier: Apache-2.0
package import Cryptography

/// A secret key file as minisign keeps it: 158 bytes in base64 behind a comment (trust §2.4).
///
/// ```
///   0  2  "Ed"           2  2  "Sc" | 00 00        4  2  "B2"
///   6 32  salt          38  8  operations, LE     46  8  memory, LE
///  54  8  key id        62 64  seed, public key  126 32  checksum      the last 104 under scrypt's stream for "Sc"
/// ```
package struct SecretKeyFile: Sendable {
    static let count = 158
    static let body = 54..<158
    static let salt = 6..<38

    private let bytes: SecretBytes
    /// Whether a password is needed.
    package let isEncrypted: Bool
    package let cost: Scrypt.Cost

    /// - Parameter text: the file; the caller wipes it.
    package init(file text: SecretBytes) throws {
        var array = text.withBytes { Array($0) }
        defer { SecretBytes.wipe(&array) }
        do {
            let lines = try MinisignText(array, lineCount: 2)
            _ = try lines.comment(line: 1, prefix: MinisignText.untrusted)
            bytes = try SecretBytes(count: Self.count) { target in
                guard Base64.decode(lines.lines[1], into: target) else { throw MinisignTextError(.base64(line: 2)) }
            }
        } catch let error as MinisignTextError {
            throw TrustError.badSecretKeyFile(error.fault)
        }
        let head = bytes.withBytes { Array($0[..<54]) }
        guard head.starts(with: Array("Ed".utf8)), Array(head[4..<6]) == Array("B2".utf8) else {
            throw TrustError.badSecretKeyFile(.algorithm)
        }
        switch Array(head[2..<4]) {
        case Array("Sc".utf8): isEncrypted = true
        case [0, 0]: isEncrypted = false
        default: throw TrustError.badSecretKeyFile(.algorithm)
        }
        cost = Scrypt.Cost(operations: Self.number(head[38..<46]), memory: Self.number(head[46..<54]))
    }

    /// Opens the key: with the password where one is needed.
    /// - Throws: `wrongPassword`, `damagedSecretKey`, `passwordNeeded`, or what scrypt cannot do here.
    package func open(password: SecretBytes?) throws -> SigningKey {
        guard isEncrypted else { return try signingKey(try bytes.slice(Self.body)) }
        guard let password, !password.isEmpty else { throw TrustError.passwordNeeded }
        let stream = try Self.stream(password, salt: bytes.withBytes { Array($0[Self.salt]) }, cost: cost)
        let plain = try SecretBytes(count: Self.body.count) { target in
            bytes.withBytes { sealed in
                stream.withBytes { stream in
                    for index in 0..<target.count {
                        target[index] = sealed[Self.body.lowerBound + index] ^ stream[index]
                    }
                }
            }
        }
        // minisign writes the checksum only when it encrypts: without a password it is zero (`-G -W`) or what an
        // earlier password left (`-C -W`), so it means something only here.
        let sum = plain.withBytes { Array($0[72...]) }
        guard ConstantTime.equal(try Self.checksum(plain), sum) else { throw TrustError.wrongPassword }
        return try signingKey(plain)
    }

    /// The public half must follow from the seed: signing with a foreign one gives the secret away.
    private func signingKey(_ plain: SecretBytes) throws -> SigningKey {
        let key = try Ed25519PrivateKey(seed: plain.slice(8..<40))
        guard try key.secret.equals(plain.slice(8..<72)), let id = KeyID(bytes: plain.withBytes { Array($0[..<8]) })
        else { throw TrustError.damagedSecretKey }
        return SigningKey(id: id, key: key)
    }

    /// BLAKE2b-256 over "Ed", key id, seed and public key.
    static func checksum(_ plain: SecretBytes) throws -> [UInt8] {
        let covered = try SecretBytes(count: 74) { target in
            target.copyBytes(from: Array("Ed".utf8))
            plain.withBytes { source in for index in 0..<72 { target[2 + index] = source[index] } }
        }
        return covered.withBytes { BLAKE2b.hash($0, .bits256) }
    }

    static func stream(_ password: SecretBytes, salt: [UInt8], cost: Scrypt.Cost) throws -> SecretBytes {
        do {
            return try Scrypt.derive(password: password, salt: salt, cost: cost, count: body.count)
        } catch CryptographyError.scryptTooCostly {
            throw TrustError.scryptTooCostly
        } catch CryptographyError.scryptNoMemory(let bytes) {
            throw TrustError.scryptNoMemory(bytes: bytes)
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
