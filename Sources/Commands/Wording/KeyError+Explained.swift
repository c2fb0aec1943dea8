// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Trust

extension KeyError: Explained {
    var explanation: Explanation {
        switch self {
        case .file(let path, let error):
            let inner = error.explanation
            return Explanation("\(path): \(inner.message)", hint: inner.hint, status: inner.status)
        case .openToOthers(let path, let permissions):
            return Explanation(
                "\(path) can be read by others (mode 0\(String(permissions, radix: 8)))",
                hint: "`chmod 600 \(path)`; if others were on this machine, make a new key", status: .refusedByTrust)
        case .publicKey(let path):
            let secret = path.hasSuffix(".pub") ? path.dropLast(4) + ".key" : "the other file of the pair"
            return Explanation(
                "\(path) is a public key, and signing needs the secret one",
                hint: "--key \(secret), or --signer PROGRAM where the secret half is in hardware", status: .usage)
        case .notAFile(let path): return Explanation("\(path) is no regular file", hint: "name the key file itself")
        case .noKey(let searched):
            return Explanation(
                "there is no secret key to sign with in \(searched.joined(separator: " or "))",
                hint: "`bundle key generate` makes one, --key names one, --unsigned does without where that is wanted")
        case .severalKeys(let paths):
            return Explanation(
                "there are several keys: \(paths.joined(separator: ", "))", hint: "say which with --key", status: .usage
            )
        case .exists(let path):
            return Explanation("\(path) exists and is not written over", hint: "name another with --output")
        case .badKeyPath(let path):
            return Explanation("\(path): a secret key's file ends in .key", hint: "--output NAME.key", status: .usage)
        case .notRoot:
            return Explanation("what this host believes is root's to say", hint: "run it as root, or through sudo")
        default: return passwordOrTrust
        }
    }

    private var passwordOrTrust: Explanation {
        switch self {
        case .passwordsDiffer: Explanation("the two passwords differ", hint: "run it again")
        case .emptyPassword:
            Explanation("the password is empty", hint: "--unencrypted is the way to have none", status: .usage)
        case .noTerminal(let path):
            Explanation(
                "\(path) needs a password, and there is no terminal to ask on",
                hint: "name a file with --password-file or \(PasswordOptions.variable)")
        case .badFingerprint(let text):
            Explanation(
                "\(text) is no fingerprint", hint: "it has 32 hexadecimal digits, or eight words of five letters",
                status: .usage)
        case .fingerprintDiffers(let path, let given, let found):
            Explanation(
                "\(path) has the fingerprint \(found), and \(given) was given",
                hint: "this is not what you were told about: find out where it came from",
                status: .refusedByTrust)
        case .rootExists(let path):
            Explanation(
                "this host has a trust root already: \(path)",
                hint: "`bundle trust update` takes over what follows it; in place of it: --replace --reason TEXT",
                status: .refusedByTrust)
        case .nothingAdopted:
            Explanation(
                "this host believes no key yet", hint: "`bundle trust adopt FILE --fingerprint F`",
                status: .noSuchRelease)
        case .noRoots(let path):
            Explanation("no trust root is in \(path)", hint: "`bundle trust create` drafts the first one")
        case .unsignedRoot(let path):
            Explanation(
                "\(path) is not signed by enough keys yet, so nothing can follow it",
                hint: "`bundle trust sign \(path) --key K`, or remove it to draft it anew")
        case .foreignRoots(let path, let numbers):
            Explanation(
                "the trust roots of \(path) (\(numbers.map(String.init).joined(separator: ", "))) do not follow what this "
                    + "host believes",
                hint: "bring every root from the one that `bundle trust show` names on", status: .refusedByTrust)
        case .badRoleThreshold(let text):
            Explanation(
                "`\(text)` is no threshold", hint: "like root=2, for root, release, approve or host", status: .usage)
        case .badDraft(let fault):
            Explanation(
                "no host would take such a root: \(TrustError.words(fault))", hint: KeyError.hint(fault), status: .usage
            )
        case .unknownKey(let key, let root):
            Explanation(
                "trust root \(root) has no key \(key)", hint: "compare it with what `bundle trust show` lists",
                status: .usage)
        case .revokedKey(let key, let root):
            Explanation(
                "key \(key) is revoked\(root > 0 ? " by trust root \(root) or now" : ""): no host will ever count it",
                hint: "make a new one: `bundle key generate`", status: .refusedByTrust)
        case .notInRoot(let key, let root):
            Explanation(
                "key \(key) holds neither trust root \(root) nor the one before it: its signature would count for nothing",
                hint: "sign with a key of the role root", status: .refusedByTrust)
        case .nothingChanges(let root):
            Explanation(
                "this says the same as trust root \(root)", hint: "say what changes: `bundle help trust create`")
        case .noPublicKey(let id):
            Explanation(
                "nobody's public key that is at hand made this signature (its key id is \(id))",
                hint: "name the signer's by --pubkey KEY.pub, or the trust root that has it by --trust N.json",
                status: .refusedByTrust)
        case .noPublicKeyNamed(let key):
            Explanation(
                "no public key with the fingerprint \(key) is at hand",
                hint: "name it by --pubkey KEY.pub, or the trust root that has it by --trust N.json",
                status: .refusedByTrust)
        case .foreignHead(let path, let signed, let bundle):
            Explanation(
                "\(path) is not the head of this bundle: "
                    + (signed == bundle
                        ? "both say \(bundle), and their SHA256SUMS differ" : "it is of \(signed), not of \(bundle)"),
                hint: "take the head out of this bundle again with `bundle sign --detached`, and have that one signed",
                status: .refusedByTrust)
        case .nothingToAttach(let path):
            Explanation(
                "\(path) has no signature that the bundle lacks",
                hint: "`bundle sign \(path) --key K` signs it; was it brought back unsigned?")
        case .signerWithoutKey:
            Explanation(
                "--signer signs for public keys, and every --key is a secret one",
                hint: "--key KEY.pub for the key that the signer has", status: .usage)
        case .signerEnded(let program, let status):
            Explanation(
                "\(program) made no signature: it ended with \(status); nothing was written",
                hint: "what it said stands above; is the token there, and the PIN right?")
        case .signerAnswer(let program, let bytes):
            Explanation(
                "\(program) printed \(bytes) bytes, and a signature has 64, or 88 characters of base64",
                hint: "docs/trust.md section 3.7 says what a signer is given and what it prints")
        default: Explanation("the key cannot be used")
        }
    }

    /// Which option says otherwise.
    private static func hint(_ fault: TrustRootFault) -> String {
        switch fault {
        case .missingRole(let role): "give a key for it: --\(role.rawValue) KEY.pub"
        case .badThreshold(let role, _, _): "say how many must agree: --threshold \(role.rawValue)=N"
        case .keyInTwoRoles: "a key has one role; make another one, or --drop it and give its role to somebody else"
        case .badDate: "--best-before takes a time like 2027-01-31T00:00:00Z, or none"
        case .badMinimumVersion: "--minimum takes a product and a version, like shop=1.4.0"
        default: "`bundle help trust create`"
        }
    }
}

extension CryptographyError: Explained {
    var explanation: Explanation {
        switch self {
        case .libraryUnavailable: TrustError.cryptographyUnavailable.explanation
        case .badPublicKey: TrustError.weakPublicKey.explanation
        case .badSeed: TrustError.damagedSecretKey.explanation
        case .noMemoryForSecret(let bytes): TrustError.noSecretMemory(bytes: bytes).explanation
        case .scryptTooCostly: TrustError.scryptTooCostly.explanation
        case .scryptNoMemory(let bytes): TrustError.scryptNoMemory(bytes: bytes).explanation
        }
    }
}
