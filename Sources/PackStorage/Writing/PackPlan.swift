// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Which contents go into which pack. Pure: the same contents, in any order, give the same plan.
///
/// It is stable: where a pack ends is decided by the digest of the content there, not by a count from the beginning, so
/// that one file more or less changes the pack it stands in and no other (design §3).
package struct PackPlan: Equatable, Sendable {
    /// A pack is not cut before it holds this much.
    package static let minimumBytes: Int64 = 8 << 20
    /// A content of this size or more has packs of its own; past the minimum, packs end on average after as much again.
    package static let ownPackBytes: Int64 = 16 << 20
    /// No pack holds more; a larger content is cut every so many bytes. It is also the largest dictionary, so that any
    /// reader gets along with 32 MiB a pack (format §3 would allow 64 MiB).
    package static let maximumBytes: Int64 = 32 << 20

    /// One run of one content.
    package struct Slice: Equatable, Sendable {
        package let content: Digest
        package let offset: Int64
        package let length: Int64
        /// The SHA-256 of the run.
        package let digest: Digest
    }

    /// One pack: slices one after the other.
    package struct Pack: Equatable, Sendable {
        package let kind: PackContent.Kind
        package var slices: [Slice]

        package var unpackedBytes: Int64 { slices.reduce(0) { $0 + $1.length } }
    }

    package let packs: [Pack]
    /// Every content once, by digest, empty ones too.
    package let contents: [PackContent]
    private let places: [Digest: Place]

    /// Where a run lies.
    private struct Place: Equatable {
        let pack: Int
        let offset: Int64
    }

    package init(_ contents: some Sequence<PackContent>) {
        let ordered = PackPlan.unique(contents)
        var packs: [Pack] = []
        var open: Pack?
        var ownRuns: Set<Digest> = []
        for content in ordered where content.size > 0 {
            if content.size >= PackPlan.ownPackBytes {
                // Runs that recur, in zeros or in images that begin alike, are carried once.
                let new = PackPlan.runs(of: content).filter { ownRuns.insert($0.digest).inserted }
                packs.append(contentsOf: new.map { Pack(kind: content.kind, slices: [$0]) })
                continue
            }
            if let full = open,
                full.kind != content.kind || full.unpackedBytes + content.size > PackPlan.maximumBytes
            {
                packs.append(full)
                open = nil
            }
            var pack = open ?? Pack(kind: content.kind, slices: [])
            pack.slices.append(contentsOf: PackPlan.runs(of: content))
            open = pack
            if pack.unpackedBytes >= PackPlan.minimumBytes, PackPlan.endsPack(content) {
                packs.append(pack)
                open = nil
            }
        }
        if let open { packs.append(open) }
        self.packs = packs
        self.contents = ordered.sorted { $0.digest < $1.digest }
        places = PackPlan.places(packs)
    }

    /// Where a content lies, in the order of its bytes; nothing for an empty one.
    package func places(of content: PackContent) -> [(pack: Int, offset: Int64, length: Int64)] {
        PackPlan.runs(of: content).compactMap { run in
            places[run.digest].map { ($0.pack, $0.offset, run.length) }
        }
    }

    /// By the digest of the run: equal runs may lie anywhere.
    private static func places(_ packs: [Pack]) -> [Digest: Place] {
        var found: [Digest: Place] = [:]
        for (number, pack) in packs.enumerated() {
            var offset: Int64 = 0
            for slice in pack.slices {
                found[slice.digest] = found[slice.digest] ?? Place(pack: number, offset: offset)
                offset += slice.length
            }
        }
        return found
    }

    /// Grouped by kind, then by path; of equal contents the first one stays.
    private static func unique(_ contents: some Sequence<PackContent>) -> [PackContent] {
        var seen: Set<Digest> = []
        let sorted = contents.sorted { left, right in
            if left.kind.rank != right.kind.rank { return left.kind.rank < right.kind.rank }
            return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
        return sorted.filter { seen.insert($0.digest).inserted }
    }

    private static func runs(of content: PackContent) -> [Slice] {
        content.runs.enumerated().map { index, digest in
            let offset = Int64(index) * maximumBytes
            let length = min(maximumBytes, content.size - offset)
            return Slice(content: content.digest, offset: offset, length: length, digest: digest)
        }
    }

    /// True with a probability of size / average, drawn from the content's own digest.
    private static func endsPack(_ content: PackContent) -> Bool {
        let draw = content.digest.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let average = UInt64(ownPackBytes - minimumBytes)
        return draw.multipliedFullWidth(by: average).high < UInt64(content.size)
    }
}
