// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

extension MinisignPublicKey {
    /// SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4): a fixed beginning, then 32 bytes of key.
    private static let beginning: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
    private static let pemFirst = Array("-----BEGIN PUBLIC KEY-----".utf8)
    private static let pemLast = Array("-----END PUBLIC KEY-----".utf8)

    /// Takes over a public key as OpenSSL and PKCS#11 tools write it: DER of 44 bytes, or the same as PEM.
    ///
    /// Such a key has no key id; it gets the first 8 bytes of its fingerprint, so that importing it again anywhere gives
    /// the same file.
    package init(foreign file: [UInt8]) throws(TrustError) {
        guard let der = Self.der(file), der.count == 44, der.starts(with: Self.beginning) else {
            throw .foreignPublicKey
        }
        do {
            let key = try Ed25519PublicKey(bytes: der[12...])
            guard let whole = Hexadecimal.decode(KeyFingerprint(of: key).hex.utf8), let id = KeyID(bytes: whole[..<8])
            else { throw TrustError.foreignPublicKey }
            self.init(id: id, key: key)
        } catch let error as TrustError {
            throw error
        } catch CryptographyError.badPublicKey {
            throw .weakPublicKey
        } catch {
            throw .cryptographyUnavailable
        }
    }

    /// One PEM block and nothing beside it (RFC 7468), or the bytes as they are.
    private static func der(_ file: [UInt8]) -> [UInt8]? {
        guard file.starts(with: pemFirst) else { return file }
        let lines = file.split(separator: 10).map { $0.last == 13 ? $0.dropLast() : $0 }
        guard lines.count >= 3, lines.first?.elementsEqual(pemFirst) == true,
            lines.last?.elementsEqual(pemLast) == true
        else { return nil }
        return Base64.decode(Array(lines[1..<(lines.count - 1)].joined()), count: 44)
    }
}
