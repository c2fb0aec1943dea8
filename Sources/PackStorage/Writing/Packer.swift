// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Puts contents into packs, one after the other, and chunks that recur there once.
struct Packer {
    private(set) var packs: [PackPlan.Pack] = []
    private let shape: PackShape
    private var open: PackPlan.Pack?
    private var lastSize: PackShape.Size?
    private var placed: [Digest: Place] = [:]

    private struct Place {
        let pack: Int
        let offset: Int64
    }

    init(_ shape: PackShape) { self.shape = shape }

    /// - Returns: where the content lies, in the order of its bytes.
    mutating func add(_ content: PackContent) -> [PackPlan.Run] {
        guard content.size > 0 else { return [] }
        let size = shape.size(of: content)
        if shape.separatesLarge, size == .large || size != lastSize { close() }
        lastSize = size
        prepare(for: content, size)
        var row = Row(content: content)
        // Those in a row that are there already.
        var known: [PackPlan.Slice] = []
        var offset: Int64 = 0
        for chunk in content.chunks {
            let slice = PackPlan.Slice(
                content: content.digest, offset: offset, length: Int64(chunk.length), digest: chunk.digest)
            offset += slice.length
            guard placed[chunk.digest] == nil else {
                known.append(slice)
                continue
            }
            settle(&known, &row)
            append(slice, to: &row)
            if size != .middle { end(behind: slice, left: content.size - offset, of: content, size) }
        }
        settle(&known, &row)
        if size != .large {
            end(behind: content.digest, content.size, shape.length(of: size, content.kind))
        } else if shape.separatesLarge {
            close()
        }
        return row.runs
    }

    mutating func close() {
        if let open { packs.append(open) }
        open = nil
    }

    /// A content of middle size is not torn apart.
    private mutating func prepare(for content: PackContent, _ size: PackShape.Size) {
        guard let open else { return }
        let fits = open.unpackedBytes + content.size <= PackShape.maximumBytes
        if open.kind != content.kind || (!fits && size == .middle) { close() }
    }

    /// A long row of known chunks, or a content of nothing else, is fetched from where they are.
    private mutating func settle(_ known: inout [PackPlan.Slice], _ row: inout Row) {
        let bytes = known.reduce(0) { $0 + $1.length }
        let isShared = bytes >= PackPlan.sharedBytes || bytes == row.content.size
        for slice in known {
            if isShared, let place = placed[slice.digest] {
                row.add(pack: place.pack, offset: place.offset, length: slice.length)
            } else {
                append(slice, to: &row)
            }
        }
        known = []
    }

    private mutating func append(_ slice: PackPlan.Slice, to row: inout Row) {
        if let full = open, full.unpackedBytes + slice.length > PackShape.maximumBytes { close() }
        var pack = open ?? PackPlan.Pack(kind: row.content.kind)
        open = nil  // in one hand, so that its slices are not copied
        let place = Place(pack: packs.count, offset: pack.unpackedBytes)
        if placed[slice.digest] == nil { placed[slice.digest] = place }
        row.add(pack: place.pack, offset: place.offset, length: slice.length)
        pack.slices.append(slice)
        pack.unpackedBytes += slice.length
        open = pack
    }

    /// Inside of a content, but not shortly before its end: a pack of little compresses badly.
    private mutating func end(
        behind slice: PackPlan.Slice, left: Int64, of content: PackContent, _ size: PackShape.Size
    ) {
        guard let open else { return }
        let endsSoon =
            size == .large ? open.unpackedBytes + left <= PackShape.maximumBytes : left < PackShape.leastRestBytes
        if shape.separatesLarge, endsSoon { return }
        end(behind: slice.digest, slice.length, shape.length(of: size, content.kind))
    }

    /// True to its digest, with a probability of length / average: the same content ends a pack wherever it stands.
    private mutating func end(behind digest: Digest, _ length: Int64, _ wanted: PackShape.Length) {
        guard let pack = open, pack.unpackedBytes >= wanted.atLeast else { return }
        if digest.draw.multipliedFullWidth(by: UInt64(wanted.onAverage)).high < UInt64(length) { close() }
    }

    /// Where one content lies, neighbours in one.
    private struct Row {
        let content: PackContent
        private(set) var runs: [PackPlan.Run] = []

        mutating func add(pack: Int, offset: Int64, length: Int64) {
            if let last = runs.indices.last, runs[last].pack == pack,
                runs[last].offset + runs[last].length == offset
            {
                runs[last].length += length
            } else {
                runs.append(PackPlan.Run(pack: pack, offset: offset, length: length))
            }
        }
    }
}
