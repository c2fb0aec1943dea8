// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import HostSystem

extension AgeError: Explained {
    var explanation: Explanation {
        switch self {
        case .header(.version, _):
            Explanation(
                "it is encrypted by another version of age than v1", hint: "`bundle create --encrypt-to` writes v1",
                status: .damaged)
        case .header(let fault, let offset):
            Explanation(
                "its age header is damaged at byte \(offset) (\(fault.rawValue))", hint: AgeError.copyAgain,
                status: .damaged)
        case .armored:
            Explanation(
                "it is age's armored form, and only the binary one is read",
                hint: "`age -d -i IDENTITY -o RELEASE.bundle FILE`, or have it encrypted without -a", status: .damaged)
        case .passphrase:
            Explanation(
                "it is encrypted under a passphrase (scrypt), and only age's X25519 recipients are taken",
                hint: "`age -d -o RELEASE.bundle FILE` asks for it; or have it made with `--encrypt-to`",
                status: .refusedByTrust)
        case .notForUs(let kinds): AgeError.notForUs(kinds)
        case .forgedHeader:
            Explanation(
                "its age header is not the one that it was encrypted with: a recipient was added, removed or changed",
                hint: AgeError.copyAgain, status: .damaged)
        case .cut(let offset):
            Explanation(
                "the encrypted file ends at byte \(offset), before its last piece",
                hint: "it was not copied to its end: copy it again, and unmount the medium before it is pulled",
                status: .damaged)
        case .badEnd(let offset, let fileBytes):
            Explanation(
                "the encrypted file was cut at byte \(fileBytes), or is damaged between byte \(offset) and there",
                hint:
                    "it was not copied to its end, or not well: copy it again, and unmount the medium before it is pulled",
                status: .damaged)
        case .damagedChunk(let offset):
            Explanation(
                "the encrypted file is damaged in the piece of 64 KiB that begins at byte \(offset)",
                hint: AgeError.copyAgain, status: .damaged)
        case .changedWhileRead:
            Explanation(
                "the file changed while it was read", hint: "wait until it is copied, then run this again",
                status: .damaged)
        case .key(let fault, let line): fault.explanation("line \(line)", isIdentity: false)
        }
    }

    private static let copyAgain =
        "copy it again from where it was made; if that does not help, try another medium"

    /// An X25519 stanza does not say whose it is: only kinds can be named.
    private static func notForUs(_ kinds: [AgeRecipientKind]) -> Explanation {
        let counted = AgeRecipientKind.allCases.compactMap { kind in
            let count = kinds.count { $0 == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        let whom =
            "it is encrypted for \(counted.joined(separator: ", ")) \(kinds.count == 1 ? "recipient" : "recipients")"
        guard kinds.contains(.x25519) else {
            return Explanation(
                "\(whom), and only age's X25519 recipients are taken",
                hint: "have it encrypted for an `age1…` recipient: `bundle key identity` makes one",
                status: .refusedByTrust)
        }
        return Explanation(
            "\(whom), and no identity at hand is one of them",
            hint: "`--identity FILE` names another; `bundle key show FILE` prints the recipient to encrypt for",
            status: .refusedByTrust)
    }
}

extension IdentityError: Explained {
    var explanation: Explanation {
        switch self {
        case .none(let looked):
            Explanation(
                "it is encrypted for its journey, and there is no identity here to open it with",
                hint: "`--identity FILE`; without it, \(looked.map(\.text).joined(separator: " or ")) is looked for",
                status: .refusedByTrust)
        case .identity(let path, let fault, let line):
            fault.explanation(line == 1 ? path.text : "\(path):\(line)", isIdentity: true)
        case .recipient(let path, let fault, let line):
            fault.explanation(path.map { "\($0):\(line)" } ?? "--encrypt-to", isIdentity: false)
        case .signingEncrypted(let path):
            Explanation(
                "\(path) is encrypted, and a signature stands inside of what is encrypted",
                hint:
                    "sign before encrypting: `bundle create … --key K --encrypt-to R`, or decrypt with `age -d`, sign, and encrypt with `age -r R`",
                status: .usage)
        }
    }
}

extension AgeKeyFault {
    /// - Parameters:
    ///   - place: of the key. What stands there may be a secret and is never shown.
    ///   - isIdentity: an identity was wanted, and not a recipient.
    func explanation(_ place: String, isIdentity: Bool) -> Explanation {
        let wanted = isIdentity ? "an identity, `AGE-SECRET-KEY-1…`" : "a recipient, `age1…`"
        return switch self {
        case .kind(let kind):
            Explanation(
                "\(place): \(isIdentity ? "identities" : "recipients") of the kind \(kind.rawValue) are not taken, only age's X25519",
                hint: isIdentity
                    ? "`bundle key identity -o FILE` makes one" : "`bundle key identity` on the host makes one",
                status: isIdentity ? .refusedByTrust : .usage)
        case .locked:
            Explanation(
                "\(place) is protected by a passphrase, and only plain identity files are read",
                hint: "`age -d -o PLAIN FILE` into a place that is yours alone, mode 0600", status: .refusedByTrust)
        case .recipientInstead:
            Explanation(
                "\(place) is a recipient, and opening needs the secret half",
                hint: "name the file that `bundle key identity` or `age-keygen` made", status: .usage)
        case .identityInstead:
            Explanation(
                "\(place) is an identity, which is secret; encrypting needs the public half, `age1…`",
                hint: "`bundle key show FILE` prints it; if the secret was seen by others, make a new one",
                status: .usage)
        case .notAKey:
            Explanation(
                "\(place) is not \(wanted), or has a mistyped character", hint: "copy it again",
                status: isIdentity ? .refusedByTrust : .usage)
        case .lowOrder:
            Explanation(
                "\(place) is a recipient that anybody could read for (a point of small order)",
                hint: "find out where it came from", status: .refusedByTrust)
        case .none: Explanation("\(place) holds not one key", hint: "it needs \(wanted), one a line", status: .usage)
        case .tooMany(let limit):
            Explanation("\(place): there are more than \(limit)", hint: "name fewer", status: .usage)
        }
    }
}
