// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Images

extension ImageError: Explained {
    var explanation: Explanation { Explanation(words.message, hint: words.hint, status: .specWrong) }

    /// Without a subject: the archive that it is about stands before it. Names in it come out of the archive.
    var words: (message: String, hint: String?) {
        let (message, hint) = unguarded
        return (Console.line(message), hint.map(Console.line))
    }

    private var unguarded: (message: String, hint: String?) {
        switch self {
        case .notAnImage:
            (
                "is neither a docker-archive nor an oci-archive nor an OCI layout",
                "`skopeo copy SOURCE oci-archive:FILE` makes one"
            )
        case .expandsTooFar: ("unpacks to far more than any image of its size does", "it is no image that a build made")
        case .tooMuchInIt: ("holds more than any tool saves in one file", "save the image to a file of its own")
        case .damaged: ("is damaged or cut off", "save the image again")
        case .badDocument(let member): ("has a \(member) that makes no sense", nil)
        case .missingMember(let member): ("names \(member), which is not in it", "save the image again")
        case .duplicateMember(let member): ("has \(member) twice", "save the image again")
        case .digestMismatch(let member, _, let found):
            ("has a \(member) whose SHA-256 is \(found.short)…, not what names it", "save the image again")
        case .diffMismatch(let member, let expected, let found):
            (
                "has a layer \(member) that unpacks to \(found.short)…, and its config names \(expected.short)…",
                "save the image again"
            )
        case .sizeMismatch(let member, let declared, let found):
            ("has a \(member) of \(found) bytes where \(declared) are named", "save the image again")
        case .layerCount(let config, let manifest):
            ("has \(manifest) layers, and its config names \(config)", "save the image again")
        case .foreignLayer(let digest):
            ("lacks the layer \(digest), which is only pointed at", "build it on a base that may be distributed")
        case .unsupportedMediaType(let type): ("has a layer of type \(type), which no runtime here reads", nil)
        case .unsupportedDigest(let text): ("uses the digest \(text); only sha256 is read", nil)
        case .images(let found):
            found.isEmpty
                ? ("holds no image", nil)
                : (
                    "holds \(found.count) images where one is needed: \(found.joined(separator: ", "))",
                    "tag: chooses one by its name, arch: by its platform"
                )
        case .noSuchTag(let tag, let known):
            ("holds no image called \(tag)", known.isEmpty ? nil : "it has \(known.joined(separator: ", "))")
        case .wrongPlatform(let found, let wanted): ("is for \(found), and the bundle for \(wanted)", nil)
        case .notThePinnedImage(let pinned, let found):
            (
                "is \(found.map { "sha256:\($0)" }.joined(separator: ", ")), and the spec pins sha256:\(pinned)",
                "promote the build that was tested; `bundle pin --update` takes this one"
            )
        }
    }
}
