// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading

extension BundleError: Explained {
    var explanation: Explanation {
        switch self {
        case .notAFile(let path):
            Explanation("\(path) is no regular file", hint: "name the .bundle file itself", status: .damaged)
        case .empty: damaged("the file is empty", "copy it again")
        case .notABundle:
            damaged("this is not a bundle: it does not begin with README.txt", "a bundle's name ends in .bundle")
        case .encrypted:
            Explanation(
                "this file is encrypted for its journey",
                hint: "`age -d -i KEY -o RELEASE.bundle FILE`, then use that", status: .damaged)
        case .truncated(let member, let offset, _):
            damaged(
                "the file ends at byte \(offset), in the middle" + (member.map { " of \($0)" } ?? ""),
                "it was not copied to its end: copy it again, and unmount the medium before it is pulled")
        case .badHeader(let fault, let offset):
            damaged("the header at byte \(offset) is not one that a bundle has (\(fault.rawValue))", copyAgain)
        case .unexpectedMember, .missingMember, .memberTooLarge, .wrongMemberSize, .noSuchMember: memberExplanation
        case .wrongDigest(let member, let offset, let bytes, _, _, let feeds):
            damaged(
                "\(member), \(bytes) bytes at byte \(offset), is not what was signed\(BundleError.fed(feeds))",
                copyAgain)
        case .badPadding(let member, let offset):
            damaged("the padding of \(member) at byte \(offset) is not zeros", copyAgain)
        case .badSignatureArea(let offset):
            damaged("the signature area is malformed at byte \(offset)", "sign the original again, or copy it again")
        case .badEndMarker(let offset): damaged("the end marker at byte \(offset) is damaged", copyAgain)
        case .bytesAfterEnd(let offset, let count):
            damaged("\(count) bytes follow the end at byte \(offset)", "nobody has signed them: get the file anew")
        case .identityMismatch(let place, let stated, let expected):
            damaged("\(place) says \(stated), and README.txt \(expected)", madeWrong)
        case .packsDiffer(let listed, let indexed):
            damaged("SHA256SUMS lists \(listed) packs and packs.index \(indexed), or others", madeWrong)
        case .treeMismatch: damaged("manifest.json names another files.sha256 than the one in the bundle", madeWrong)
        case .changedWhileRead:
            damaged("the file changed while it was read", "wait until it is copied, then run this again")
        }
    }

    private var memberExplanation: Explanation {
        switch self {
        case .unexpectedMember(let found, let expected, let offset):
            damaged(
                "\(found) stands at byte \(offset)"
                    + (expected.map { " where \($0) must be" } ?? ", where it must not be"),
                copyAgain)
        case .missingMember(let expected, let offset):
            damaged("the archive ends at byte \(offset) without \(expected)", copyAgain)
        case .memberTooLarge(let member, let limit, let found, let offset):
            damaged("\(member) at byte \(offset) has \(found) bytes and may have \(limit)", copyAgain)
        case .wrongMemberSize(let member, let expected, let found, let offset):
            damaged("\(member) at byte \(offset) has \(found) bytes instead of \(expected)", copyAgain)
        case .noSuchMember(let name):
            Explanation("the bundle has no \(name)", hint: "`bundle inspect` lists what it has", status: .noSuchRelease)
        default: damaged("the bundle is damaged", copyAgain)
        }
    }

    private var copyAgain: String { "copy it again from where it was made; if that does not help, try another medium" }
    private var madeWrong: String { "it was signed like this: whoever made it has to make it again" }

    private func damaged(_ message: String, _ hint: String) -> Explanation {
        Explanation(message, hint: hint, status: .damaged)
    }

    /// The first few, and how many more.
    private static func fed(_ feeds: [String]) -> String {
        guard !feeds.isEmpty else { return "" }
        let more = feeds.count > 5 ? " and \(feeds.count == 100 ? "many" : String(feeds.count - 5)) more" : ""
        return "; it feeds \(feeds.prefix(5).joined(separator: ", "))\(more)"
    }
}
