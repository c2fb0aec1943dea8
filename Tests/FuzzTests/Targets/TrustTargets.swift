// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Trust

/// Keys, signatures and trust roots.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "minisig": { bytes in _ = try MinisignSignature(file: bytes) },
        "public-key": { bytes in
            _ = try? MinisignPublicKey(foreign: bytes)
            _ = try MinisignPublicKey(file: bytes)
        },
        "secret-key": { bytes in
            let secret = try SecretBytes(count: bytes.count) { $0.copyBytes(from: bytes) }
            let file = try SecretKeyFile(file: secret)
            // A password costs scrypt's time, which is no parser's.
            if !file.isEncrypted { _ = try file.open(password: nil) }
        },
        "root": { bytes in
            let root = try TrustRoot.decode(bytes)
            holds(try root.encode() == bytes)
            _ = try TrustChain(vouched: TrustLink(number: root.number, bytes: bytes, signatures: []))
        },
        "certificate": { bytes in
            let file = try CertificateFile(bytes)
            _ = (file.begins, file.ends, file.names)
            try file.check(key: bytes)
        },
    ]
}
