// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One content that is to be packed.
package struct PackContent: Hashable, Sendable {
    /// What decides with which others it shares a pack, and through which filter it goes.
    package enum Kind: Hashable, Sendable {
        /// An executable, or a layer with some in it.
        case machineCode(Architecture)
        case other
        /// Compressed already: compressing it again costs time at both ends and gains nothing.
        case compressed

        /// Groups follow each other in this order.
        var rank: Int {
            switch self {
            case .machineCode(.amd64): 0
            case .machineCode(.arm64): 1
            case .other: 2
            case .compressed: 3
            }
        }
    }

    /// A stretch of a content that ends where its bytes say so (`ChunkCutter`): the same bytes are the same chunks in
    /// whatever content they stand.
    package struct Chunk: Hashable, Sendable {
        package let length: Int
        package let digest: Digest

        package init(length: Int, digest: Digest) {
            self.length = length
            self.digest = digest
        }
    }

    package let digest: Digest
    package let size: Int64
    package let kind: Kind
    /// Where it stands in the release. Neighbours by path are alike, so they compress well together.
    package let path: String
    /// What it is made of. A pack is written from them, and proves on the way that the source did not change since it was
    /// collected.
    private let several: [Chunk]

    /// - Parameter chunks: empty for a content that is one.
    package init(digest: Digest, size: Int64, kind: Kind, path: String, chunks: [Chunk] = []) {
        self.digest = digest
        self.size = size
        self.kind = kind
        self.path = path
        several = chunks
    }

    /// Empty for an empty content.
    package var chunks: [Chunk] {
        several.isEmpty && size > 0 ? [Chunk(length: Int(size), digest: digest)] : several
    }
}
