// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Comparison
import Testing

/// A release of a few contents, each of 100 bytes that are stored as 50; 1,700 bytes of packs in a file of 5,000.
struct Sketch {
    var arch = Architecture.amd64
    var files = ["bin/a": "a", "bin/b": "b", "share/p": "p"]
    var executables = ["bin/a", "bin/b"]
    var links: [String: String] = ["bin/l": "a"]
    var layers = ["l1", "l2"]
    var services = ["s": Service(run: ["x"], strategy: .recreate)]
    var templates = ["u": "share/p"]
    var documents = ["docs/UPGRADE.md": "old"]
    var values: [String: String]? = ["log.level": "\"info\""]
    var summary: String?
    /// Left to the host.
    var needed: Set<String> = []

    static func digest(_ text: String) -> Digest {
        var bytes = [UInt8](repeating: 7, count: 32)
        for (index, byte) in text.utf8.prefix(32).enumerated() { bytes[index] = byte }
        return Digest(bytes: bytes[...]) ?? fill
    }

    private static let fill = Digest(hex: String(repeating: "f", count: 64)).unsafelyUnwrapped

    private func path(_ text: String) throws -> ReleasePath { try #require(ReleasePath(text)) }

    func release() throws -> ComparedRelease {
        let list = try FileList(
            files.map { FileList.Entry(path: try path($0.key), digest: Self.digest($0.value)) })
        var manifest = Manifest(
            name: try #require(ReleaseName("t")), version: Version(major: 1, minor: 0, patch: 0), arch: arch,
            tree: InstalledTree(sha256: Self.digest("tree"), files: 3, directories: 2, bytes: 300))
        manifest.summary = summary
        manifest.executables = try executables.filter { files[$0] != nil }.map { Executable(path: try path($0)) }
        manifest.symlinks = try links.sorted { $0.key < $1.key }.map {
            Symlink(path: try path($0.key), target: $0.value)
        }
        manifest.services = services
        manifest.config = try templates.mapValues { ConfigTemplate(template: try path($0)) }
        manifest.images = [
            "i": Image(
                kind: "oci-layout", config: Image.Blob(digest: Self.digest("config"), bytes: 100),
                layers: layers.map { Image.Layer(digest: Self.digest($0), bytes: 100, diff: Self.digest($0)) })
        ]
        return ComparedRelease(
            manifest: manifest, document: try StrictJSON.parse(CanonicalDocument.encode(manifest)), files: list,
            packs: try index(),
            documents: Dictionary(
                uniqueKeysWithValues: try documents.map {
                    (try path($0.key), .init(digest: Self.digest($0.value), size: Int64($0.value.utf8.count)))
                }), values: values, fileBytes: 5000)
    }

    /// A pack of its own for each content, and one that pads them to 1,700.
    private func index() throws -> PackIndex {
        let contents = Set(files.values).union(layers).union(["config"]).subtracting(needed).sorted()
        var packs: [PackIndex.Pack] = []
        for name in contents {
            packs.append(.init(digest: Self.digest("pack \(name)"), codec: .xz, storedBytes: 50, unpackedBytes: 100))
        }
        let rest = 1700 - Int64(contents.count) * 50
        packs.append(.init(digest: Self.digest("rest"), codec: .xz, storedBytes: rest, unpackedBytes: rest))
        let held = contents.enumerated().map { number, name in
            PackIndex.Content(
                digest: Self.digest(name), size: 100, ranges: [.init(pack: number, offset: 0, length: 100)])
        }
        let needs = needed.map { PackIndex.Need(digest: Self.digest($0), size: 100) }
        let base = PackIndex.Base(version: Version(major: 0, minor: 9, patch: 0), digest: Self.digest("base"))
        return try PackIndex(
            packs: packs, contents: held, bases: needed.isEmpty ? [] : [base], needs: needs)
    }
}
