// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension FormatError: Explained {
    var explanation: Explanation {
        let message =
            switch self {
            case .badDigest(let text): "\(text) is no SHA-256 in lower-case hexadecimal"
            case .badName(let text): "\(text) is no name: [a-z][a-z0-9-]{0,24}, and not bundle"
            case .badVersion(let text): "\(text) is no semantic version"
            case .badTimeSpan(let number): "\(number) is no length of time"
            case .badReleasePath(let text): "\(text) is no path that a release may have"
            case .badJSON(let fault, let offset): "malformed JSON at byte \(offset): \(fault.rawValue)"
            case .wrongShape(let document, let place):
                "\(document): \(place.isEmpty ? "the document" : place) is missing or wrong"
            case .notCanonical(let document, let offset):
                "\(document): byte \(offset) is not as the one spelling has it: an unknown key, another order or space"
            case .tooLarge(let document, let limit, let found): "\(document) has \(found) bytes and may have \(limit)"
            case .badLine(let document, let line, let fault): "\(document), line \(line): \(fault.rawValue)"
            case .badManifest(let fault): "manifest.json: \(FormatError.words(fault))"
            case .badHeader(let fault): "a header is not one that a bundle has (\(fault.rawValue))"
            case .badLayout(let fault): FormatError.words(fault)
            }
        return Explanation(message, hint: "it was not made by `bundle create`, or by a newer one", status: .damaged)
    }

    private static func words(_ fault: ManifestFault) -> String {
        switch fault {
        case .unsupportedFormat(let text): "its format is \(text), and this version reads \(Manifest.currentFormat)"
        case .badText(let place), .badNumber(let place): "\(place) has a value that cannot be"
        case .badName(let place, let name): "\(place): \(name) is no name that may stand there"
        case .notSorted(let place): "\(place) is not sorted, or has something twice"
        case .unknownReference(let place, let name): "\(place) names \(name), which is not declared"
        case .symlinkLeaves(let path, let target): "the link \(path) to \(target) leaves the release"
        case .dependencyCycle(let names): "\(names.joined(separator: ", ")) wait for each other"
        case .contradiction(let place): "\(place) contradicts the rest of the service"
        case .notInTree(let place, let path): "\(place) names \(path), which the release does not have"
        case .besideSymlink(let path): "\(path) stands at or below a link or a file"
        case .wrongTotal(let place, let stated, let found): "\(place) says \(stated), and it is \(found)"
        case .missingContent(let digest, let feeds): "no pack holds \(digest.short), the content of \(feeds)"
        }
    }

    private static func words(_ fault: LayoutFault) -> String {
        switch fault {
        case .unknownName(let name): "\(name) is no name that a bundle's member may have"
        case .wrongOrder(let member, let after): "\(member) may not stand behind \(after)"
        case .missing(let name): "\(name) is missing"
        case .tooManySignatures: "a bundle has at most \(Limits.signatures) signatures"
        case .fileBelowFile(let name): "\(name) lies below a file"
        }
    }
}
