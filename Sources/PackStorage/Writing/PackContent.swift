// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One content that is to be packed.
package struct PackContent: Hashable, Sendable {
    /// What decides with which others it shares a pack, and through which filter it goes.
    package enum Kind: Hashable, Sendable {
        /// Of an executable, or a layer with some in it; where it is known which chunks are code, no more than those.
        case machineCode(Architecture)
        /// What else is in executables: tables and texts that those of one language share.
        case programData
        case other
        /// Compressed already: compressing it again costs time at both ends and gains nothing.
        case compressed

        var isOfPrograms: Bool {
            switch self {
            case .machineCode, .programData: true
            case .other, .compressed: false
            }
        }

        /// Groups follow each other in this order.
        var rank: Int {
            switch self {
            case .machineCode(.amd64): 0
            case .machineCode(.arm64): 1
            case .programData: 2
            case .other: 3
            case .compressed: 4
            }
        }
    }

    /// A stretch of a content that ends where its bytes say so (`ChunkCutter`): the same bytes are the same chunks in
    /// whatever content they stand.
    package struct Chunk: Hashable, Sendable {
        package let digest: Digest
        private let size: Int32
        /// Machine code and nothing else (`CodeFinder`).
        package let isCode: Bool

        package var length: Int { Int(size) }

        package init(length: Int, digest: Digest, isCode: Bool = false) {
            self.digest = digest
            size = Int32(length)
            self.isCode = isCode
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
    /// The kind of the chunks that are not code, in a content with some that are.
    private let besideCode: Kind

    /// - Parameter chunks: empty for a content that is one.
    package init(
        digest: Digest, size: Int64, kind: Kind, path: String, chunks: [Chunk] = [], besideCode: Kind = .other
    ) {
        self.digest = digest
        self.size = size
        self.kind = kind
        self.path = path
        several = chunks
        self.besideCode = besideCode
    }

    /// Empty for an empty content.
    package var chunks: [Chunk] {
        several.isEmpty && size > 0 ? [Chunk(length: Int(size), digest: digest)] : several
    }

    /// The same with the place of each.
    var slices: [PackPlan.Slice] {
        var offset: Int64 = 0
        return chunks.map { chunk in
            defer { offset += Int64(chunk.length) }
            return PackPlan.Slice(
                content: digest, offset: offset, length: Int64(chunk.length), digest: chunk.digest)
        }
    }

    /// What of it goes among which contents: all of it, or its code and the rest.
    package var portions: [PackPortion] {
        let code = several.reduce(Int64(0)) { $0 + ($1.isCode ? Int64($1.length) : 0) }
        guard case .machineCode = kind, code > 0, code < size else {
            return size > 0 ? [PackPortion(content: self, kind: kind, isCode: nil, size: size)] : []
        }
        return [
            PackPortion(content: self, kind: kind, isCode: true, size: code),
            PackPortion(content: self, kind: besideCode, isCode: false, size: size - code),
        ]
    }
}
