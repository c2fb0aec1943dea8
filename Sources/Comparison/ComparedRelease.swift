// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One side of a comparison, proven: what the release is, and how a bundle carries it.
package struct ComparedRelease: Sendable {
    package let manifest: Manifest
    /// The same as a document: what this version has no type for is compared, too.
    package let document: JSONValue
    package let files: FileList
    package let packs: PackIndex
    /// Members below `docs/` and `sbom/`, which every bundle carries for itself.
    package let documents: [ReleasePath: Document]
    /// The author's defaults, leaf by leaf, as JSON; nil where they are not carried and cannot be read.
    package let values: [String: String]?
    package let fileBytes: Int64

    package struct Document: Equatable, Sendable {
        package let digest: Digest
        package let size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    package init(
        manifest: Manifest, document: JSONValue, files: FileList, packs: PackIndex,
        documents: [ReleasePath: Document] = [:], values: [String: String]? = [:], fileBytes: Int64
    ) {
        self.manifest = manifest
        self.document = document
        self.files = files
        self.packs = packs
        self.documents = documents
        self.values = values
        self.fileBytes = fileBytes
    }

    package var identity: ReleaseIdentity { ReleaseIdentity(manifest) }

    /// What a host that installed it has in packs, as a delta against it counts on.
    package var packedContents: Set<Digest> {
        let blobs = manifest.images.values.flatMap(\.blobs).map(\.digest)
        return Set((files.entries.map(\.digest) + blobs).filter { packs.size(of: $0) != nil })
    }

    /// Bytes of the installed tree and of the parts of its images, each once.
    package var unpackedBytes: Int64 {
        var seen: Set<Digest> = []
        return manifest.images.values.flatMap(\.blobs).filter { seen.insert($0.digest).inserted }
            .reduce(manifest.tree.bytes) { $0 + $1.bytes }
    }

    /// A file or link of the tree.
    enum Entry: Equatable {
        case file(Digest, isExecutable: Bool)
        case link(String)
    }

    /// The tree by path, but documents: they are compared as such.
    var tree: [ReleasePath: Entry] {
        let executables = Set(manifest.executables.map(\.path))
        var tree: [ReleasePath: Entry] = [:]
        for file in files.entries where documents[file.path]?.digest != file.digest {
            tree[file.path] = .file(file.digest, isExecutable: executables.contains(file.path))
        }
        for link in manifest.symlinks { tree[link.path] = .link(link.target) }
        return tree
    }
}
