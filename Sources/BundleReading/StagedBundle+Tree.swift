// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem
import PackStorage

extension StagedBundle {
    /// Writes files and links of the release below a directory, as they would be installed; each content is hashed once
    /// more on its way out.
    ///
    /// - Parameters:
    ///   - wanted: which paths; a link counts by its own path.
    ///   - target: exists; what is there already is never written over.
    /// - Returns: how many files and links were written: all that are wanted.
    /// - Throws: `DeltaError` before anything is written; `PackError`, `BundleError`, `SystemCallError`.
    package func writeTree(
        into target: HostPath, jobs: Int, where wanted: (ReleasePath) -> Bool
    ) async throws -> Int {
        let root = try DirectoryHandle.open(target)
        let executables = Set(head.manifest.executables.map(\.path))
        var written = 0
        // Neighbours in the list mostly stand in one directory.
        var last = (segments: [Substring](), directory: root)
        try head.demandFiles(where: wanted)
        for entry in head.files.entries where wanted(entry.path) {
            written += 1
            let above = Array(entry.path.segments.dropLast())
            if above != last.segments {
                last = (above, try root.createDirectories(above, permissions: 0o755))
            }
            guard !head.packs.holds(entry.digest), let name = entry.path.segments.last else { continue }
            let permissions: UInt16 = executables.contains(entry.path) ? 0o755 : 0o644
            try copyDocument(entry.digest, to: try last.directory.createFile(name, permissions: permissions))
        }
        let targets = TreeTargets(head.files, below: target, executables: executables, where: wanted)
        try await PackReader(index: head.packs, source: PackStore(packDirectory)).unpack(all: targets, jobs: jobs)
        for link in head.manifest.symlinks where wanted(link.path) {
            guard let name = link.path.segments.last else { continue }
            let parent = try root.createDirectories(Array(link.path.segments.dropLast()), permissions: 0o755)
            try parent.createSymlink(name, target: link.target)
            written += 1
        }
        return written
    }

    /// A content that no pack holds is a document of the bundle.
    private func copyDocument(_ digest: Digest, to file: HostFile) throws {
        guard let member = members.first(where: { $0.digest == digest }) else {
            throw BundleError.noSuchMember(digest.hex)
        }
        let sink = HashingSink([file])
        let source = try HostFile.open(directory / member.name.description, .read, followLinks: false)
        try source.drain(into: sink)
        guard sink.digest == digest else { throw BundleError.changedWhileRead }
    }
}
