// SPDX-License-Identifier: Apache-2.0
package import Cryptography

/// A public key as minisign and signify keep it: 42 bytes, "Ed", key id, key (trust §2.1).
package struct MinisignPublicKey: Hashable, Sendable {
    package let id: KeyID
    package let key: Ed25519PublicKey

    package init(id: KeyID, key: Ed25519PublicKey) {
        self.id = id
        self.key = key
    }

    /// Reads a `.pub` file of two lines. The comment is anyone's and is not kept.
    package init(file bytes: [UInt8]) throws(TrustError) {
        do {
            let text = try MinisignText(bytes, lineCount: 2)
            _ = try text.comment(line: 1, prefix: MinisignText.untrusted)
            self = try MinisignPublicKey(encoded: text.lines[1], line: 2)
        } catch let error as MinisignTextError {
            throw .badPublicKeyFile(error.fault)
        } catch let error as TrustError {
            throw error
        } catch {
            throw .cryptographyUnavailable
        }
    }

    /// Reads the 56 characters alone, as `minisign -P` takes them and a trust root holds them.
    package init(base64 text: some StringProtocol) throws(TrustError) {
        self = try MinisignPublicKey(encoded: Array(text.utf8)[...], line: 1)
    }

    private init(encoded text: ArraySlice<UInt8>, line: Int) throws(TrustError) {
        guard let bytes = Base64.decode(text, count: 42) else { throw .badPublicKeyFile(.base64(line: line)) }
        guard bytes.starts(with: Array("Ed".utf8)), let id = KeyID(bytes: bytes[2..<10]) else {
            throw .badPublicKeyFile(.algorithm)
        }
        do {
            self.init(id: id, key: try Ed25519PublicKey(bytes: bytes[10...]))
        } catch .badPublicKey {
            throw .weakPublicKey
        } catch {
            throw .cryptographyUnavailable
        }
    }

    package var fingerprint: KeyFingerprint { KeyFingerprint(of: key) }

    /// 56 characters.
    package var base64: String {
        String(decoding: Base64.encode(Array("Ed".utf8) + id.bytes + key.bytes), as: UTF8.self)
    }

    /// The `.pub` file, byte for byte what minisign writes.
    package var file: [UInt8] { Array("untrusted comment: minisign public key \(id)\n\(base64)\n".utf8) }
}
