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
                "\(path) is a public key, and signing needs the secret one", hint: "--key \(secret)", status: .usage)
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
                hint: "this is not the key that you were told about: find out where it came from",
                status: .refusedByTrust)
        case .rootExists(let path):
            Explanation(
                "this host has a trust root already: \(path)",
                hint: "a host is told whom to believe once; `bundle trust show` says whom", status: .refusedByTrust)
        case .nothingAdopted:
            Explanation(
                "this host believes no key yet", hint: "`bundle trust adopt KEY.pub --fingerprint F`",
                status: .noSuchRelease)
        case .notBuiltYet(let what): Explanation("\(what) is not built yet", status: .specWrong)
        case .noPublicKey(let id):
            Explanation("no public key \(id) is at hand", hint: "name it with --pubkey KEY.pub")
        default: Explanation("the key cannot be used")
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
