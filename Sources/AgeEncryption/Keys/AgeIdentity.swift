// SPDX-License-Identifier: Apache-2.0
package import Cryptography

/// What opens a file: an X25519 secret key, `AGE-SECRET-KEY-1…`.
package struct AgeIdentity: Sendable {
    private static let prefix = "AGE-SECRET-KEY-"
    /// In one file.
    private static let limit = 256

    let key: X25519PrivateKey

    package var recipient: AgeRecipient { AgeRecipient(publicKey: key.publicKey) }

    package static func generate() throws -> AgeIdentity { try AgeIdentity(key: .generate()) }

    /// The file of this identity as `age-keygen` writes it, without a time: the recipient in a comment, then the secret.
    package func file() throws -> SecretBytes {
        let comment = Array("# public key: \(recipient.text)\n".utf8)
        let length = Bech32.length(prefix: AgeIdentity.prefix)
        return try SecretBytes(count: comment.count + length + 1) { file in
            file.copyBytes(from: comment)
            let text = UnsafeMutableRawBufferPointer(rebasing: file[comment.count..<comment.count + length])
            key.secret.withBytes { Bech32.encode($0, prefix: AgeIdentity.prefix, into: text) }
            file[comment.count + length] = UInt8(ascii: "\n")
        }
    }

    /// Identities of a file, one a line; `#` begins a comment.
    ///
    /// - Throws: `AgeError.key`, with the number of the line.
    package static func list(file: SecretBytes) throws -> [AgeIdentity] {
        var found: [AgeIdentity] = []
        try file.withBytes { bytes in
            var number = 1
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                var line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                if line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
                if !line.isEmpty, line[0] != UInt8(ascii: "#") {
                    guard found.count < limit else { throw AgeError.key(.tooMany(limit: limit), line: number) }
                    found.append(try AgeIdentity(line, number: number))
                }
                number += 1
                start = end + 1
            }
        }
        guard !found.isEmpty else { throw AgeError.key(.none, line: 1) }
        return found
    }

    private init(key: X25519PrivateKey) { self.key = key }

    private init(_ line: UnsafeRawBufferPointer, number: Int) throws {
        let secret = try SecretBytes(count: Bech32.valueBytes) { value in
            guard Bech32.decode(line, prefix: AgeIdentity.prefix, into: value) else {
                throw AgeError.key(AgeIdentity.fault(line), line: number)
            }
        }
        key = try X25519PrivateKey(secret: secret)
    }

    /// What a line is that is no X25519 identity, by its beginning alone.
    private static func fault(_ line: UnsafeRawBufferPointer) -> AgeKeyFault {
        let known: [(String, AgeKeyFault)] = [
            ("AGE-SECRET-KEY-PQ-1", .kind(.hybrid)), ("AGE-PLUGIN-", .kind(.hardware)),
            ("age-encryption.org/", .locked), ("-----BEGIN AGE ENCRYPTED FILE", .locked),
            ("-----BEGIN ", .kind(.ssh)), ("ssh-", .kind(.ssh)), ("age1", .recipientInstead),
        ]
        return known.first { line.starts(with: $0.0.utf8) }?.1 ?? .notAKey
    }
}
