// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Images of two releases, layer by layer.
struct ImageComparison {
    private let old: [String: Image]
    private let new: [String: Image]

    init(_ old: [String: Image], _ new: [String: Image]) {
        self.old = old
        self.new = new
    }

    func changes(_ bill: inout Bill, _ tally: inout Tally) -> [ReleaseChange] {
        var changes: [ReleaseChange] = []
        for name in Set(old.keys).union(new.keys).sorted() {
            let (before, after) = (old[name], new[name])
            guard before != after else {
                tally.same(.image)
                continue
            }
            var change = ReleaseChange(.image, name, from: before, to: after)
            change.bytesBefore = before?.bytes
            change.bytesAfter = after?.bytes
            if let before, let after { change.differences = ImageComparison.differences(before, after) }
            let left = before?.distinctLayers ?? []
            let right = after?.distinctLayers ?? []
            let (had, has) = (Set(left.map(\.digest)), Set(right.map(\.digest)))
            for _ in has.intersection(had) { tally.same(.layer) }
            let own = [after?.config, after?.manifest].compactMap(\.self).reduce(0) { $0 + bill.charge($1.digest) }
            change.parts = right.filter { !had.contains($0.digest) }.map { .layer($0, .added, &bill) }
            change.parts += left.filter { !has.contains($0.digest) }.map { .layer($0, .removed, &bill) }
            change.cost = own + change.parts.reduce(0) { $0 + $1.cost }
            changes.append(change)
        }
        return changes
    }

    private static func differences(_ old: Image, _ new: Image) -> [ReleaseChange.Difference] {
        let text: (Digest?) -> JSONValue? = { $0.map { .string($0.hex) } }
        let layers: (Image) -> JSONValue = { .array($0.layers.map { .string($0.digest.hex) }) }
        return [
            .init("id", text(old.id), text(new.id)),
            .init("manifest", text(old.manifest?.digest), text(new.manifest?.digest)),
            .init("layers", layers(old), layers(new)), .init("kind", .string(old.kind), .string(new.kind)),
            .init("ref", old.ref.map { .string($0) }, new.ref.map { .string($0) }),
        ].filter { $0.before != $0.after }
    }
}

extension Image {
    /// In their order, each once.
    var distinctLayers: [Layer] {
        var seen: Set<Digest> = []
        return layers.filter { seen.insert($0.digest).inserted }
    }
}

extension ReleaseChange {
    static func layer(_ layer: Image.Layer, _ verb: Verb, _ bill: inout Bill) -> ReleaseChange {
        var change = ReleaseChange(.layer, "sha256:\(layer.digest.hex)", verb)
        if verb == .removed {
            change.bytesBefore = layer.bytes
        } else {
            change.bytesAfter = layer.bytes
            change.cost = bill.charge(layer.digest)
        }
        return change
    }
}
