// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Which image of a file is wanted. One pinned by its digest, or called by a name, may stand among others.
struct ImageChoice {
    let arch: Architecture
    let pinned: Digest?
    let tag: String?

    /// What a file tells of an image before it is opened.
    struct Candidate {
        /// Each pins it.
        let digests: [Digest]
        /// `linux/amd64`; nil where the file does not say.
        let platform: String?
        let tags: [String]
    }

    /// The one of all the candidates that is wanted.
    ///
    /// - Returns: its index.
    /// - Throws: `ImageError.notThePinnedImage`, `.noSuchTag`, `.images`.
    func of(_ candidates: [Candidate]) throws -> Int {
        var fitting = Array(candidates.indices)
        if let tag {
            fitting.removeAll { !candidates[$0].tags.contains { $0 == tag || $0.hasSuffix("/\(tag)") } }
            if fitting.isEmpty { throw ImageError.noSuchTag(tag, among: candidates.flatMap(\.tags).sorted()) }
        }
        if let pinned {
            let called = fitting
            fitting.removeAll { !candidates[$0].digests.contains(pinned) }
            if fitting.isEmpty, !called.isEmpty {
                throw ImageError.notThePinnedImage(
                    pinned: pinned, found: called.compactMap { candidates[$0].digests.first })
            }
        }
        if fitting.count > 1 {
            let named = fitting.filter { candidates[$0].platform == "linux/\(arch.rawValue)" }
            if named.count == 1 { fitting = named }
        }
        guard let chosen = fitting.first, fitting.count == 1 else {
            throw ImageError.images(fitting.map { ImageChoice.words(candidates[$0]) }.sorted())
        }
        return chosen
    }

    private static func words(_ candidate: Candidate) -> String {
        ([candidate.platform].compactMap(\.self) + candidate.tags.sorted()).joined(separator: " ")
    }
}
