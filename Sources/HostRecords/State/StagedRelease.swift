// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import FoundationEssentials
package import HostSystem

/// A release that was proven and unpacked ahead of its window; nothing of it runs (host-state §11).
package struct StagedRelease: Codable, Equatable, Sendable {
    package var version: Version
    package var digest: Digest
    /// `VERSION-DIGEST12`, below `/opt/NAME/releases`.
    package var directory: String
    /// Seconds since 1970.
    package var stagedAt: Int64
    /// Bytes of the unpacked tree.
    package var bytes: Int64
    /// Key ids of those whose signatures were believed then; they are judged again before it is installed.
    package var signers: [String]

    package init(
        version: Version, digest: Digest, directory: String, stagedAt: Int64, bytes: Int64, signers: [String]
    ) {
        self.version = version
        self.digest = digest
        self.directory = directory
        self.stagedAt = stagedAt
        self.bytes = bytes
        self.signers = signers
    }
}

/// The markers of staged releases: `staged/VERSION-DIGEST12`, one document each, written when everything else is on the
/// disk. A release directory that neither a marker nor the record names is what a crash left.
package struct StagedReleases: Sendable {
    package let layout: HostLayout

    package init(layout: HostLayout) { self.layout = layout }

    /// Those that are not installed by now, by version. A marker that cannot be read counts as none.
    package func list() throws -> [StagedRelease] {
        guard try FileSystem.status(layout.staged)?.kind == .directory else { return [] }
        let installed = Set((try StateStore(layout: layout).load()?.releases ?? []).map(\.directory))
        return try FileSystem.list(layout.staged).filter { !$0.hasPrefix(".") && !installed.contains($0) }
            .compactMap { name in
                guard let bytes = try? FileSystem.readAll(layout.staged / name, limit: 1 << 16, followLinks: false),
                    let release = RecordCoding.decode(StagedRelease.self, bytes), release.directory == name
                else { return nil }
                return release
            }
            .sorted { ($0.version, $0.directory) < ($1.version, $1.directory) }
    }

    package func add(_ release: StagedRelease) throws {
        try FileSystem.createDirectories(layout.staged)
        try FileSystem.write(try RecordCoding.encode(release), to: layout.staged / release.directory)
    }

    package func remove(_ directory: String) throws {
        guard try FileSystem.remove(layout.staged / directory) else { return }
        try FileSystem.syncDirectory(layout.staged)
    }

    /// The products for which something is staged, by name.
    package static func products(root: HostPath = "/") throws -> [ReleaseName] {
        let records = root / "var/lib/bundle"
        guard try FileSystem.exists(records) else { return [] }
        return try FileSystem.list(records).compactMap { ReleaseName($0) }.filter {
            try !StagedReleases(layout: HostLayout(root: root, product: $0)).list().isEmpty
        }
    }
}
