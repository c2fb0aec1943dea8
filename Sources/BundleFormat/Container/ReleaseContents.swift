// SPDX-License-Identifier: Apache-2.0

/// Holds the parts of one release against each other (format §10): what the manifest says, what `files.sha256` lists,
/// what packs and documents hold and what a host is to have. A bundle that passes can be installed without a content missing in its middle.
package struct ReleaseContents {
    package let manifest: Manifest
    package let files: FileList
    package let packs: PackIndex
    /// The members below `docs/` and `sbom/`.
    package let documents: [ReleasePath: Document]

    package struct Document: Sendable {
        package let digest: Digest
        /// nil while only the head was read.
        package let size: Int64?

        package init(digest: Digest, size: Int64?) {
            self.digest = digest
            self.size = size
        }
    }

    package init(manifest: Manifest, files: FileList, packs: PackIndex, documents: [ReleasePath: Document]) {
        self.manifest = manifest
        self.files = files
        self.packs = packs
        self.documents = documents
    }

    /// - Throws: `FormatError.badManifest`. The digest of `files.sha256` itself is the caller's to compare.
    package func check() throws(FormatError) {
        do throws(ManifestFault) {
            try checkPaths()
            try checkSymlinks()
            try checkDocuments()
            try checkContents()
        } catch {
            throw .badManifest(error)
        }
    }

    private func checkPaths() throws(ManifestFault) {
        for executable in manifest.executables where files.digest(of: executable.path) == nil {
            throw .notInTree(at: "executables", executable.path)
        }
        for (name, config) in ManifestRules.sorted(manifest.config) where files.digest(of: config.template) == nil {
            throw .notInTree(at: "config.\(name)", config.template)
        }
        let values = manifest.values
        for path in [values.defaults, values.schema].compactMap(\.self) where files.digest(of: path) == nil {
            throw .notInTree(at: "values", path)
        }
    }

    private func checkSymlinks() throws(ManifestFault) {
        let links = Set(manifest.symlinks.map(\.path))
        for link in manifest.symlinks {
            // A file below a link would be written through it.
            guard !files.holdsAnything(atOrBelow: link.path) else { throw .besideSymlink(link.path) }
            for parent in link.path.parents where links.contains(parent) || files.digest(of: parent) != nil {
                throw .besideSymlink(link.path)
            }
        }
    }

    private func checkDocuments() throws(ManifestFault) {
        let docs = manifest.docs
        for path in [docs.upgrade, docs.changelog].compactMap(\.self) + docs.more where documents[path] == nil {
            throw .notInTree(at: "docs", path)
        }
        // A document that people read in the bundle is the one that is installed.
        for (path, document) in documents where path.text.hasPrefix("docs/") {
            guard files.digest(of: path) == document.digest else { throw .notInTree(at: "docs", path) }
        }
    }

    private func checkContents() throws(ManifestFault) {
        var sizes: [Digest: Int64?] = [:]
        for document in documents.values { sizes.updateValue(document.size, forKey: document.digest) }
        var bytes: Int64? = 0
        for entry in files.entries {
            let packed = packs.size(of: entry.digest)
            guard packed != nil || sizes.keys.contains(entry.digest) else {
                throw .missingContent(entry.digest, feeds: entry.path.text)
            }
            guard let size = packed ?? sizes[entry.digest] ?? nil, let before = bytes else {
                bytes = nil
                continue
            }
            let (sum, overflow) = before.addingReportingOverflow(size)
            guard !overflow else { throw .badNumber(at: "tree.bytes") }
            bytes = sum
        }
        let tree = manifest.tree
        // Symbolic links need directories too.
        let directories = files.directoryCount(with: manifest.symlinks)
        for (place, stated, found) in [
            ("tree.files", Int64(tree.files), Int64(files.count)), ("tree.bytes", tree.bytes, bytes ?? tree.bytes),
            ("tree.directories", Int64(tree.directories), Int64(directories)),
        ] where stated != found {
            throw .wrongTotal(at: place, stated: stated, found: found)
        }
        for (name, image) in ManifestRules.sorted(manifest.images) {
            for blob in image.blobs {
                guard let size = packs.size(of: blob.digest) else {
                    throw .missingContent(blob.digest, feeds: "images.\(name)")
                }
                guard size == blob.bytes else {
                    throw .wrongTotal(at: "images.\(name)", stated: blob.bytes, found: size)
                }
            }
        }
    }
}

extension ReleasePath {
    /// The directories above it, from the top.
    package var parents: [ReleasePath] {
        let segments = segments
        return (1..<max(1, segments.count)).compactMap { ReleasePath(segments[..<$0].joined(separator: "/")) }
    }
}

extension PackIndex {
    /// - Returns: nil when no pack holds it and no host was asked for it.
    package func size(of digest: Digest) -> Int64? { position(of: digest).map { sizes[$0] } ?? need(digest)?.size }
}

extension InstalledTree {
    /// The totals that a manifest states (format §7.3).
    ///
    /// - Parameters:
    ///   - sha256: of `files.bytes`.
    ///   - bytes: the sum of the sizes of all files of the tree.
    package init(sha256: Digest, files: FileList, symlinks: [Symlink], bytes: Int64) {
        self.init(
            sha256: sha256, files: files.count, directories: files.directoryCount(with: symlinks), bytes: bytes)
    }
}

extension FileList {
    /// Directories below the tree's root that hold files or links.
    package func directoryCount(with symlinks: [Symlink]) -> Int {
        var extra: Set<ReleasePath> = []
        for link in symlinks {
            for parent in link.path.parents where !holdsAnything(atOrBelow: parent) { extra.insert(parent) }
        }
        return directoryCount + extra.count
    }
}
