// SPDX-License-Identifier: Apache-2.0

/// `packs.index`: HOW the contents of a release are carried (format §9).
///
/// Contents are kept in flat arrays: 200,000 of them take 14 MB instead of 60.
package struct PackIndex: Equatable, Sendable {
    package static let name = "packs.index"
    package static let firstLine = "bundle-packs/1"

    /// How a pack is stored; the raw value stands in the index, the suffix in the member's name.
    package enum Codec: String, Codable, Sendable, CaseIterable {
        case xz, zstd, raw, delta

        package var suffix: String { self == .zstd ? "zst" : rawValue }
    }

    package struct Pack: Equatable, Sendable {
        /// SHA-256 of the stored bytes.
        package let digest: Digest
        package let codec: Codec
        package let storedBytes: Int64
        package let unpackedBytes: Int64

        package init(digest: Digest, codec: Codec, storedBytes: Int64, unpackedBytes: Int64) {
            self.digest = digest
            self.codec = codec
            self.storedBytes = storedBytes
            self.unpackedBytes = unpackedBytes
        }

        /// `HEX.SUFFIX`.
        package var fileName: String { "\(digest.hex).\(codec.suffix)" }
        package var member: MemberName { .pack(digest, codec) }
    }

    /// A run of unpacked bytes of one pack.
    package struct Range: Hashable, Sendable {
        /// Counted from 0 in the order of `packs`.
        package let pack: Int
        package let offset: Int64
        package let length: Int64

        package init(pack: Int, offset: Int64, length: Int64) {
            self.pack = pack
            self.offset = offset
            self.length = length
        }
    }

    package struct Content: Equatable, Sendable {
        package let digest: Digest
        package let size: Int64
        /// They concatenate to the content; empty for an empty one.
        package let ranges: [Range]

        package init(digest: Digest, size: Int64, ranges: [Range]) {
            self.digest = digest
            self.size = size
            self.ranges = ranges
        }
    }

    /// Sorted by release digest; empty for a full bundle.
    package internal(set) var bases: [Base] = []
    /// Sorted by digest; empty for a full bundle.
    package internal(set) var needs: [Need] = []
    /// In the order of the container's members.
    package internal(set) var packs: [Pack] = []
    var digests: [UInt8] = []
    var sizes: [Int64] = []
    /// Content i has ranges firstRange[i] ..< firstRange[i + 1].
    var firstRange: [Int32] = [0]
    var ranges: [Range] = []

    init() {}

    /// Contents, bases and needs in any order.
    ///
    /// - Throws: `FormatError.badLine` naming the line that would be wrong.
    package init(packs: [Pack], contents: [Content], bases: [Base] = [], needs: [Need] = []) throws(FormatError) {
        var checker = PackIndexChecker()
        var line = 1
        do throws(LineFault) {
            for base in bases.sorted(by: { $0.digest < $1.digest }) {
                line += 1
                try checker.take(base)
            }
            for need in needs.sorted(by: { $0.digest < $1.digest }) {
                line += 1
                try checker.take(need)
            }
            for pack in packs {
                line += 1
                try checker.take(pack)
            }
            for content in contents.sorted(by: { $0.digest < $1.digest }) {
                line += 1
                try checker.take(content)
            }
            self = try checker.finish()
        } catch {
            throw .badLine(document: PackIndex.name, line: line, error)
        }
    }

    /// Sorted by digest; made one at a time.
    package var contents: some RandomAccessCollection<Content> { sizes.indices.lazy.map { content(at: $0) } }

    package var contentCount: Int { sizes.count }

    /// - Returns: nil when no pack holds it.
    package func content(_ digest: Digest) -> Content? {
        position(of: digest).map { content(at: $0) }
    }

    package func holds(_ digest: Digest) -> Bool { position(of: digest) != nil }

    func content(at index: Int) -> Content {
        guard let digest = Digest(bytes: digests[(index * 32)..<(index * 32 + 32)]) else {
            preconditionFailure("32 bytes")
        }
        return Content(
            digest: digest, size: sizes[index],
            ranges: Array(ranges[Int(firstRange[index])..<Int(firstRange[index + 1])]))
    }

    func position(of digest: Digest) -> Int? {
        var low = 0
        var high = sizes.count
        while low < high {
            let middle = (low + high) / 2
            let there = digests[(middle * 32)..<(middle * 32 + 32)]
            if there.elementsEqual(digest.bytes) { return middle }
            if there.lexicographicallyPrecedes(digest.bytes) { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
