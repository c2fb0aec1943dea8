// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Puts portions into packs, one after the other, and chunks that recur there once.
struct Packer {
    private(set) var packs: [PackPlan.Pack] = []
    private let shape: PackShape
    private var open: PackPlan.Pack?
    private var lastSize: PackShape.Size?
    private var placed: [Digest: Place] = [:]

    fileprivate struct Place {
        let pack: Int
        let offset: Int64
    }

    init(_ shape: PackShape) { self.shape = shape }

    /// Where some bytes of a content lie.
    struct Placed {
        /// In the content.
        let offset: Int64
        var run: PackPlan.Run
    }

    /// - Returns: where the portion lies, in the order of its bytes.
    mutating func add(_ portion: PackPortion) -> [Placed] {
        let size = shape.size(of: portion)
        if shape.separatesLarge, size == .large || size != lastSize { close() }
        lastSize = size
        prepare(for: portion, size)
        var row = Row(portion: portion)
        // Those in a row that are there already.
        var known: [PackPlan.Slice] = []
        var left = portion.size
        for slice in portion.slices {
            left -= slice.length
            guard placed[slice.digest] == nil else {
                known.append(slice)
                continue
            }
            settle(&known, &row)
            append(slice, to: &row)
            if size != .middle { end(behind: slice, left: left, of: portion, size) }
        }
        settle(&known, &row)
        if size != .large {
            end(behind: portion.content.digest, portion.size, shape.length(of: size, portion.kind))
        } else if shape.separatesLarge {
            close()
        }
        return row.placed
    }

    mutating func close() {
        if let open { packs.append(open) }
        open = nil
    }

    /// What is of middle size is not torn apart.
    private mutating func prepare(for portion: PackPortion, _ size: PackShape.Size) {
        guard let open else { return }
        let fits = open.unpackedBytes + portion.size <= PackShape.maximumBytes
        if open.kind != portion.kind || (!fits && size == .middle) { close() }
    }

    /// A long row of known chunks, or a portion of nothing else, is fetched from where they are.
    private mutating func settle(_ known: inout [PackPlan.Slice], _ row: inout Row) {
        let bytes = known.reduce(0) { $0 + $1.length }
        let isShared = bytes >= PackPlan.sharedBytes || bytes == row.portion.size
        for slice in known {
            if isShared, let place = placed[slice.digest] {
                row.add(slice, at: place)
            } else {
                append(slice, to: &row)
            }
        }
        known = []
    }

    private mutating func append(_ slice: PackPlan.Slice, to row: inout Row) {
        if let full = open, full.unpackedBytes + slice.length > PackShape.maximumBytes { close() }
        var pack = open ?? PackPlan.Pack(kind: row.portion.kind)
        open = nil  // in one hand, so that its slices are not copied
        let place = Place(pack: packs.count, offset: pack.unpackedBytes)
        if placed[slice.digest] == nil { placed[slice.digest] = place }
        row.add(slice, at: place)
        pack.slices.append(slice)
        pack.unpackedBytes += slice.length
        open = pack
    }

    /// Inside of a content, but not shortly before its end: a pack of little compresses badly.
    private mutating func end(
        behind slice: PackPlan.Slice, left: Int64, of portion: PackPortion, _ size: PackShape.Size
    ) {
        guard let open else { return }
        let endsSoon =
            size == .large ? open.unpackedBytes + left <= PackShape.maximumBytes : left < PackShape.leastRestBytes
        if shape.separatesLarge, endsSoon { return }
        end(behind: slice.digest, slice.length, shape.length(of: size, portion.kind))
    }

    /// True to its digest, with a probability of length / average: the same content ends a pack wherever it stands.
    private mutating func end(behind digest: Digest, _ length: Int64, _ wanted: PackShape.Length) {
        guard let pack = open, pack.unpackedBytes >= wanted.atLeast else { return }
        if digest.draw.multipliedFullWidth(by: UInt64(wanted.onAverage)).high < UInt64(length) { close() }
    }

    /// Where one portion lies, neighbours in one.
    private struct Row {
        let portion: PackPortion
        private(set) var placed: [Placed] = []

        mutating func add(_ slice: PackPlan.Slice, at place: Place) {
            if let last = placed.indices.last, placed[last].isFollowed(by: slice, at: place) {
                placed[last].run.length += slice.length
            } else {
                let run = PackPlan.Run(pack: place.pack, offset: place.offset, length: slice.length)
                placed.append(Placed(offset: slice.offset, run: run))
            }
        }
    }
}

extension Packer.Placed {
    /// In the content as in the pack.
    fileprivate func isFollowed(by slice: PackPlan.Slice, at place: Packer.Place) -> Bool {
        offset + run.length == slice.offset && run.pack == place.pack && run.offset + run.length == place.offset
    }
}
