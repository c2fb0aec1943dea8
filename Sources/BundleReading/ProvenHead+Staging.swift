// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// A proven copy of a bundle's body in a directory of ours. Only this copy is used afterwards.
package struct StagedBundle {
    package let head: ProvenHead
    /// Holds `docs/`, `sbom/` and `packs/` under their member names.
    package let directory: HostPath
    package let members: [BodyMember]

    /// `HEX.SUFFIX` of each pack that was staged.
    package var packDirectory: HostPath { directory / "packs" }
}

extension ProvenHead {
    /// Copies the body while it is hashed: the medium is read once, and what was hashed is what was written. Every byte
    /// up to the end of the file is proven, those of packs that are not written too.
    ///
    /// Files are new (O_EXCL), mode 0600, and not synced: one syncfs(2) behind them is the caller's. After an error the
    /// caller removes the directory: bytes that failed may be in it.
    ///
    /// - Parameters:
    ///   - directory: exists, is empty and nobody else's.
    ///   - held: packs that the host has proven copies of; they are not written again.
    ///   - proven: told the number of each pack that is written and was found to be what was signed: it may be used from then
    ///     on, whatever comes behind it in the file.
    /// - Throws: `BundleError`, `FormatError`, `SystemCallError`, `CancellationError`.
    package func stageBody(
        into directory: HostPath, held: Set<Digest> = [], progress: Progress = { _, _ in },
        proven: (_ pack: Int) -> Void = { _ in }
    ) throws -> StagedBundle {
        let root = try DirectoryHandle.open(directory)
        _ = try root.createDirectory("packs", permissions: 0o700)
        let members = try readBody(progress, proven: proven) { entry in
            if case .pack(let digest, _) = entry.member, held.contains(digest) { return nil }
            let parts = entry.member.description.split(separator: "/")
            let parent = try root.createDirectories(Array(parts.dropLast()), permissions: 0o700)
            return try parent.createFile(parts[parts.count - 1], permissions: 0o600)
        }
        return StagedBundle(head: self, directory: directory, members: members)
    }
}
