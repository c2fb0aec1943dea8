// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The images of a release, of what each is made, and what of it others are made of, too: that is carried once.
struct ImageShares {
    private let images: [(name: String, image: Image)]
    private let arch: Architecture
    /// By digest of a layer, the images that have it.
    private let owners: [Digest: [String]]

    init(_ manifest: Manifest) {
        images = manifest.images.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        arch = manifest.arch
        var owners: [Digest: [String]] = [:]
        for (name, image) in images {
            for digest in Set(image.layers.map(\.digest)) { owners[digest, default: []].append(name) }
        }
        self.owners = owners
    }

    /// Bytes of the parts of all images, as often as they occur.
    private var asked: Int64 { images.reduce(0) { $0 + $1.image.bytes } }

    /// The same, each part once.
    private var carried: Int64 {
        var seen: Set<Digest> = []
        return images.flatMap(\.image.blobs).filter { seen.insert($0.digest).inserted }.reduce(0) { $0 + $1.bytes }
    }

    private func others(_ layer: Image.Layer, _ name: String) -> [String] {
        (owners[layer.digest] ?? []).filter { $0 != name }
    }

    private func shared(_ name: String, _ image: Image) -> Int64 {
        var seen: Set<Digest> = []
        return image.layers.filter { !others($0, name).isEmpty && seen.insert($0.digest).inserted }
            .reduce(0) { $0 + $1.bytes }
    }

    var lines: [String] {
        var lines = images.flatMap(lines)
        if images.count > 1 {
            lines.append(
                "             all images: \(asked) bytes, carried once: \(carried), shared: \(asked - carried)")
        }
        return lines
    }

    private func lines(_ name: String, _ image: Image) -> [String] {
        let shared = shared(name, image)
        let head =
            "  image      \(name): linux/\(arch.rawValue), id sha256:\(image.id.short), \(image.layers.count) layers, "
            + "\(image.bytes) bytes" + (shared == 0 ? "" : ", of them \(shared) shared")
        let pinned = image.manifest.map { "             manifest sha256:\($0.digest)" } ?? "             no manifest"
        let origin = image.ref.map { ["             fetched from \($0)"] } ?? []
        return [head, "             config sha256:\(image.id)", pinned] + origin
            + image.layers.enumerated().map { number, layer in
                let others = others(layer, name)
                return "             layer \(number + 1): sha256:\(layer.digest.short), \(layer.bytes) bytes"
                    + (others.isEmpty ? "" : ", shared with \(others.joined(separator: ", "))")
            }
    }

    var json: JSONValue {
        .object(
            images.map { name, image in
                .init(
                    name,
                    [
                        "platform": .string("linux/\(arch.rawValue)"), "id": .string(image.id.hex),
                        "ref": image.ref.map { .string($0) } ?? .null,
                        "manifest": image.manifest.map { .string($0.digest.hex) } ?? .null,
                        "kind": .string(image.kind), "bytes": .integer(image.bytes),
                        "shared_bytes": .integer(shared(name, image)),
                        "layers": .array(
                            image.layers.map { layer in
                                [
                                    "digest": .string(layer.digest.hex), "diff": .string(layer.diff.hex),
                                    "bytes": .integer(layer.bytes),
                                    "shared_with": .array(others(layer, name).map { .string($0) }),
                                ]
                            }),
                    ])
            })
    }
}
