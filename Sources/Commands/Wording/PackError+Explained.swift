// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import PackStorage

extension PackError: Explained {
    var explanation: Explanation {
        switch self {
        case .missingPack(let pack, let feeds):
            damaged("pack \(pack.short) is missing\(PackError.fed(feeds))", "copy the bundle again")
        case .damagedPack(let pack, _, let feeds):
            damaged(
                "pack \(pack.short) is damaged\(PackError.fed(feeds))", "copy the bundle again, from another medium")
        case .undecodablePack(let pack, let reason, let feeds):
            damaged(
                "pack \(pack.short) cannot be unpacked: \(reason.words)\(PackError.fed(feeds))", PackError.madeWrong)
        case .decoderFailed(let pack, let reason, let feeds): reason.explanation(of: pack, PackError.fed(feeds))
        case .wrongContent(let content, let found, let feeds):
            damaged(
                "the packs yield \(found.short) where \(content.short) was signed\(PackError.fed(feeds))",
                PackError.madeWrong)
        case .unknownContent(let content, let feeds):
            damaged("no pack holds the content \(content.short)\(PackError.fed(feeds))", PackError.madeWrong)
        case .unsupportedCodec(let pack, let codec):
            damaged("pack \(pack.short) is a \(codec) pack, which this version cannot read", "use a newer `bundle`")
        case .sourceChanged(let path):
            Explanation(
                "\(path) changed while it was packed", hint: "wait until the build has ended, then run this again")
        case .cacheOpenToOthers(let path):
            Explanation(
                "others can write into the cache \(path), or own it", hint: "chmod 0700 it, or give another --cache",
                status: .usage)
        }
    }

    private static let madeWrong = "the bundle was made wrong: make it again with `bundle create`"

    private func damaged(_ message: String, _ hint: String) -> Explanation {
        Explanation(message, hint: hint, status: .damaged)
    }

    /// The files that a pack feeds: the first few by name.
    private static func fed(_ feeds: [String]) -> String {
        guard !feeds.isEmpty else { return "" }
        let more = feeds.count > 3 ? " and \(feeds.count - 3) more" : ""
        return ": it feeds " + feeds.prefix(3).joined(separator: ", ") + more
    }
}

extension PackCacheFault {
    /// A warning's words.
    var words: String {
        switch self {
        case .damaged(let entry):
            "the cache's entry \(entry.prefix(16))… was damaged: its pack was compressed again; so may others have been"
        case .notUsed(let error): "the cache of packs cannot be read: \(error.explanation.message)"
        case .notKept(let error): "packs cannot be kept in the cache: \(error.explanation.message)"
        }
    }
}
