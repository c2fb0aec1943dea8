// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension ProvenHead {
    /// What a host that installed it has in packs: contents of files and images, carried or found there. Documents are
    /// members of their own in every bundle.
    package var packedContents: Set<Digest> {
        let blobs = manifest.images.values.flatMap(\.blobs).map(\.digest)
        return Set((files.entries.map(\.digest) + blobs).filter { packs.size(of: $0) != nil })
    }

    /// - Throws: `DeltaError.notCarried` for what a delta leaves to the host, or codes against what it leaves.
    package func demandCarried(_ content: Digest, what: @autoclosure () -> String) throws(DeltaError) {
        let isCoded = packs.content(content).map(packs.isCoded) ?? false
        guard packs.need(content) == nil, !isCoded else {
            throw .notCarried(identity, what: what(), bases: packs.bases)
        }
    }

    /// - Throws: `DeltaError.notCarried` for the first of the files that is not whole.
    package func demandFiles(where wanted: (ReleasePath) -> Bool) throws(DeltaError) {
        for entry in files.entries where wanted(entry.path) {
            try demandCarried(entry.digest, what: entry.path.text)
        }
    }

    /// - Throws: `DeltaError.notCarried` for the first of the images that is not whole.
    package func demandImages() throws(DeltaError) {
        for (name, image) in manifest.images.sorted(by: { $0.key < $1.key }) {
            for blob in image.blobs { try demandCarried(blob.digest, what: "image \(name)") }
        }
    }
}
