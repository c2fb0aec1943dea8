// SPDX-License-Identifier: Apache-2.0
import Cryptography

/// Who can open a file: an X25519 public key, `age1…`.
package struct AgeRecipient: Hashable, Sendable {
    static let prefix = "age"
    /// What one file is encrypted for at most: the header stays far below what any reader takes.
    package static let limit = 256

    /// 32 bytes.
    package let publicKey: [UInt8]

    init(publicKey: [UInt8]) { self.publicKey = publicKey }

    /// - Throws: `AgeError.key`.
    package init(_ text: String) throws { try self.init(text, line: 1) }

    init(_ text: String, line: Int) throws {
        var bytes = [UInt8](repeating: 0, count: Bech32.valueBytes)
        let isRight = Array(text.utf8).withUnsafeBytes { text in
            bytes.withUnsafeMutableBytes { Bech32.decode(text, prefix: AgeRecipient.prefix, into: $0) }
        }
        guard isRight else { throw AgeError.key(AgeRecipient.fault(text), line: line) }
        do {
            _ = try X25519PrivateKey.generate().agreement(with: bytes)
        } catch CryptographyError.badPublicKey {
            throw AgeError.key(.lowOrder, line: line)
        }
        publicKey = bytes
    }

    package var text: String {
        var text = [UInt8](repeating: 0, count: Bech32.length(prefix: AgeRecipient.prefix))
        publicKey.withUnsafeBytes { value in
            text.withUnsafeMutableBytes { Bech32.encode(value, prefix: AgeRecipient.prefix, into: $0) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A recipients file as `age -R` reads it: one a line, `#` begins a comment.
    ///
    /// - Throws: `AgeError.key`, with the number of the line.
    package static func list(file: [UInt8]) throws -> [AgeRecipient] {
        var found: [AgeRecipient] = []
        for (number, line) in file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            let recipient = try AgeRecipient(text, line: number + 1)
            guard !found.contains(recipient) else { continue }
            guard found.count < limit else { throw AgeError.key(.tooMany(limit: limit), line: number + 1) }
            found.append(recipient)
        }
        guard !found.isEmpty else { throw AgeError.key(.none, line: 1) }
        return found
    }

    /// What a text is that is no X25519 recipient. A secret that stands where a public key belongs is never repeated.
    private static func fault(_ text: String) -> AgeKeyFault {
        if text.uppercased().hasPrefix("AGE-SECRET-KEY-") || text.hasPrefix("AGE-PLUGIN-") { return .identityInstead }
        if text.hasPrefix("age1pq1") { return .kind(.hybrid) }
        if text.hasPrefix("ssh-") || text.hasPrefix("ecdsa-sha2-") { return .kind(.ssh) }
        // `age1NAME1…`: the 1 that separates is the last one, and no X25519 recipient has a second.
        if text.hasPrefix("age1"), text.dropFirst(4).contains("1") { return .kind(.hardware) }
        return .notAKey
    }
}
