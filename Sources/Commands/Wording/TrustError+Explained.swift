// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

extension TrustError: Explained {
    var explanation: Explanation {
        switch self {
        case .badPublicKeyFile, .weakPublicKey, .foreignPublicKey, .badSecretKeyFile, .damagedSecretKey,
            .passwordNeeded, .wrongPassword, .scryptTooCostly, .scryptNoMemory, .noSecretMemory,
            .cryptographyUnavailable:
            keyExplanation
        case .badSignatureFile, .prehashedSignature, .tooManySignatures, .duplicateSignature, .notChecksumList,
            .foreignSignature, .signerFailed:
            formExplanation
        case .badSignature(let key):
            refused(
                "the signature by key \(key) is not of this bundle: it was changed after it was signed",
                "get the bundle anew; if that does not help, ask who signed it")
        case .unsigned:
            refused("the bundle is unsigned", "its authors add a signature with `bundle sign BUNDLE --key K`")
        case .noTrustedSignature(let unknown, let revoked):
            refused(
                "no key that is believed here has signed this release: \(TrustError.list(unknown, revoked))",
                unknown.isEmpty
                    ? "a revoked key may be in a thief's hands: treat this as hostile, and ask for the release signed anew"
                    : "compare these fingerprints with what `bundle trust show` or `bundle key show` prints")
        case .thresholdNotMet(let needed, let established, let revoked):
            refused(
                "\(needed) believed keys must sign and \(established.count) did: "
                    + TrustError.list(
                        established.map { ForeignSignature(name: $0.fingerprint, keyID: $0.keyID) }, revoked),
                "let another signer run `bundle sign BUNDLE --key K`")
        case .overrideNamesAnother(let named, let found):
            refused(
                "the SHA-256 of SHA256SUMS is \(found.hex), and \(named.hex) was let in",
                "this is not the bundle that was meant")
        case .wrongDocumentKind, .badDocumentSignature, .documentThresholdNotMet: documentExplanation
        case .badTrustRoot, .wrongRootNumber, .duplicateRoot, .rootThresholdNotMet, .skippedRoot, .forkedRoot,
            .revocationTakenBack:
            rootExplanation
        case .belowMinimumVersion(let release, let minimum):
            refused(
                "\(release.name) \(release.version) is older than \(minimum), the oldest that the trust root lets in",
                "take a newer release")
        }
    }

    private var keyExplanation: Explanation {
        switch self {
        case .badPublicKeyFile(let fault):
            Explanation(
                "this is no public key file of minisign: \(TrustError.words(fault))",
                hint: "name the .pub file: a comment line and a line of 56 characters")
        case .foreignPublicKey:
            Explanation(
                "this is no Ed25519 public key in DER or PEM",
                hint: "`openssl pkey -pubout` writes one, and `pkcs11-tool --read-object --type pubkey`")
        case .weakPublicKey:
            refused("this public key is none that an honest person has: anyone could sign for it", "get the right one")
        case .badSecretKeyFile(let fault):
            Explanation(
                "this is no secret key file of minisign: \(TrustError.words(fault))",
                hint: "name the .key file that `bundle key generate` or `minisign -G` made")
        case .damagedSecretKey:
            Explanation("the parts of this secret key do not belong together: it is damaged", hint: "use its backup")
        case .passwordNeeded:
            Explanation("this key has a password", hint: "type it, or name a file with --password-file")
        case .wrongPassword: Explanation("wrong password", hint: "or the key file is damaged")
        case .scryptTooCostly:
            Explanation("this key's password asks for more work than any tool writes", hint: "the file is damaged")
        case .scryptNoMemory(let bytes):
            Explanation(
                "this key's password needs \(bytes >> 20) MiB of memory, which this machine has not",
                hint: "use a machine with more, or `bundle key password` there for less")
        case .noSecretMemory(let bytes): Explanation("the kernel gave no \(bytes) bytes for a secret")
        default: Explanation("libsodium could not be started on this machine")
        }
    }

    private var formExplanation: Explanation {
        switch self {
        case .badSignatureFile(let name, let fault):
            Explanation(
                (name.map { "signatures/\($0).minisig" } ?? "the signature file") + ": \(TrustError.words(fault))",
                hint: "sign with `bundle sign`, or attach minisign's file with `bundle sign --attach`",
                status: .refusedByTrust)
        case .prehashedSignature(let id):
            refused(
                "the signature by key \(id) is of the kind ED, over a digest, which signify and openssl cannot prove",
                "make it with `minisign -S -l -m SHA256SUMS`, and add it with `bundle sign --attach`")
        case .tooManySignatures(let count): refused("\(count) signatures, and a bundle may have 16", nil)
        case .duplicateSignature(let key): refused("two signatures by key \(key)", nil)
        case .signerFailed(let key):
            refused(
                "what the signer gave is not the signature of key \(key) over these bytes; nothing was written",
                "it may have signed with another key: name that one's .pub file with --key")
        case .foreignSignature(let id):
            Explanation(
                "the signature by key \(id) is not of this bundle's SHA256SUMS",
                hint: "sign the SHA256SUMS that `tar xf BUNDLE SHA256SUMS` gives", status: .refusedByTrust)
        default:
            refused(
                "SHA256SUMS does not begin with README.txt, so it may be a document of another kind",
                "it was not made by `bundle create`")
        }
    }

    private func refused(_ message: String, _ hint: String?) -> Explanation {
        Explanation(message, hint: hint, status: .refusedByTrust)
    }

    private static func list(_ others: [ForeignSignature], _ revoked: [ForeignSignature]) -> String {
        (others.map { "\($0.name) (\($0.keyID))" } + revoked.map { "\($0.name) (\($0.keyID), revoked)" })
            .joined(separator: ", ")
    }
}
