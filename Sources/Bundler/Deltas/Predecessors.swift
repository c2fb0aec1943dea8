// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import BundleReading
import HostSystem
import PackStorage

/// The contents of a base that new ones may be coded against, by what they were in its release.
package struct Predecessors: Sendable {
    private let index: PackIndex
    private let packs: any PackSource
    private var byPath: [String: Digest] = [:]
    /// Of files whose name stands once in the tree.
    private var byName: [String: Digest?] = [:]

    /// - Throws: `SystemCallError`.
    package init(_ verified: VerifiedBundle) throws {
        index = verified.head.packs
        packs = try MediumPacks(verified)
        for entry in verified.head.files.entries where usable(entry.digest) != nil {
            byPath[entry.path.text] = entry.digest
            guard let name = entry.path.segments.last.map(String.init) else { continue }
            byName[name] = .some(byName[name] == nil ? entry.digest : nil)
        }
        for (name, image) in verified.head.manifest.images {
            for (number, layer) in image.layers.enumerated() where usable(layer.digest) != nil {
                byPath[Predecessors.layer(name, number)] = layer.digest
            }
        }
    }

    /// What a layer is called among contents.
    static func layer(_ image: String, _ number: Int) -> String { "images/\(image)/layer-\(number)" }

    /// What stood at the same place, the layer of that number in the image of that name; else the one file of that name.
    func predecessor(of content: PackContent) -> PackIndex.Need? {
        let name = content.path.split(separator: "/").last.map(String.init) ?? ""
        return (byPath[content.path] ?? byName[name]?.flatMap { $0 }).flatMap(usable)
    }

    /// Only what the bundle carries whole: of a delta not what it leaves to the host.
    private func usable(_ digest: Digest) -> PackIndex.Need? {
        guard let content = index.content(digest), content.size >= DeltaPackWriter.leastBytes, !index.isCoded(content)
        else { return nil }
        return PackIndex.Need(digest: digest, size: content.size)
    }

    /// Writes contents to files, each hashed on its way.
    func unpack(_ wanted: [Digest: HostPath], jobs: Int) async throws {
        try await PackReader(index: index, source: packs).unpack(
            wanted.mapValues { [UnpackTarget(path: $0, permissions: 0o600)] }, jobs: jobs)
    }
}
