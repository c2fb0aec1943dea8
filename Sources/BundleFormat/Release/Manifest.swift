// SPDX-License-Identifier: Apache-2.0

/// WHAT a release is (format §7): the typed form of `manifest.json`, whose SHA-256 is the release digest.
///
/// It names every content by digest and never a pack, so a full bundle, a delta and another codec of one release share
/// one digest. It comes to be in two ways only: the connected half builds it, and `ManifestDocument` decodes bytes that
/// were already proven.
package struct Manifest: Codable, Equatable, Sendable {
    package static let currentFormat = "bundle-manifest/1"

    package var format = Manifest.currentFormat
    package var name: ReleaseName
    package var version: Version
    package var arch: Architecture
    package var summary: String?
    /// RFC 3339, UTC, whole seconds; SOURCE_DATE_EPOCH, else the commit's time, else absent.
    package var created: String?
    package var source: SourceRevision?
    package var requires: Requirements
    /// The installed tree: the digest, bytes and totals of `files.sha256`.
    package var tree: InstalledTree
    /// Files of the tree that have mode 0755; every other file has 0644.
    package var executables: [Executable]
    package var symlinks: [Symlink]
    package var images: [String: Image]
    package var values: ValueDocuments
    package var secrets: [String: SecretDeclaration]
    package var config: [String: ConfigTemplate]
    package var services: [String: Service]
    package var jobs: [String: Job]
    /// What each role is about; a site says which a host has.
    package var roles: [String: String]
    /// What each network is about; a site says where it is.
    package var networks: [String: String]
    package var cutover: CutoverSettings
    package var docs: ReleaseDocuments

    package init(
        name: ReleaseName, version: Version, arch: Architecture, summary: String? = nil, created: String? = nil,
        source: SourceRevision? = nil, requires: Requirements = Requirements(), tree: InstalledTree,
        executables: [Executable] = [], symlinks: [Symlink] = [], images: [String: Image] = [:],
        values: ValueDocuments = ValueDocuments(), secrets: [String: SecretDeclaration] = [:],
        config: [String: ConfigTemplate] = [:], services: [String: Service] = [:],
        jobs: [String: Job] = [:], roles: [String: String] = [:], networks: [String: String] = [:],
        cutover: CutoverSettings = CutoverSettings(), docs: ReleaseDocuments = ReleaseDocuments()
    ) {
        self.name = name
        self.version = version
        self.arch = arch
        self.summary = summary
        self.created = created
        self.source = source
        self.requires = requires
        self.tree = tree
        self.executables = executables
        self.symlinks = symlinks
        self.images = images
        self.values = values
        self.secrets = secrets
        self.config = config
        self.services = services
        self.jobs = jobs
        self.roles = roles
        self.networks = networks
        self.cutover = cutover
        self.docs = docs
    }
}

/// Where the release's sources stood.
package struct SourceRevision: Codable, Equatable, Sendable {
    /// The git commit, 40 or 64 hexadecimal digits.
    package var commit: String
    /// Whether the work tree held changes that no commit has.
    package var dirty: Bool

    package init(commit: String, dirty: Bool) {
        self.commit = commit
        self.dirty = dirty
    }
}

/// `files.sha256` by digest, and what it adds up to; preflight computes space and inodes from it.
package struct InstalledTree: Codable, Equatable, Sendable {
    package var sha256: Digest
    /// Regular files.
    package var files: Int
    /// Directories below the release's own.
    package var directories: Int
    /// Sum of all file sizes.
    package var bytes: Int64

    package init(sha256: Digest, files: Int, directories: Int, bytes: Int64) {
        self.sha256 = sha256
        self.files = files
        self.directories = directories
        self.bytes = bytes
    }
}

/// A relative symbolic link of the tree that stays inside it.
package struct Symlink: Codable, Equatable, Sendable {
    package var path: ReleasePath
    /// As stored: relative to the link's directory; may hold `..` but never leaves the release (format §7.4).
    package var target: String

    package init(path: ReleasePath, target: String) {
        self.path = path
        self.target = target
    }
}

/// A file with mode 0755 and, for an ELF file, what it needs from the host.
package struct Executable: Codable, Equatable, Sendable {
    package var path: ReleasePath
    package var elf: ELFNeeds?

    package init(path: ReleasePath, elf: ELFNeeds? = nil) {
        self.path = path
        self.elf = elf
    }
}

/// What an ELF executable asks of a host, read at create and checked in `plan`.
package struct ELFNeeds: Codable, Equatable, Sendable {
    /// nil for a machine that no bundle is made for.
    package var arch: Architecture?
    /// The program interpreter, absent for a static executable.
    package var interpreter: String?
    /// DT_NEEDED names in file order.
    package var libraries: [String]
    /// The newest `GLIBC_x.y` symbol version asked for, as `x.y` or `x.y.z`.
    package var glibc: String?

    package init(arch: Architecture?, interpreter: String?, libraries: [String], glibc: String?) {
        self.arch = arch
        self.interpreter = interpreter
        self.libraries = libraries
        self.glibc = glibc
    }
}

/// The author's value defaults and schema, as files of the tree.
package struct ValueDocuments: Codable, Equatable, Sendable {
    package var defaults: ReleasePath?
    package var schema: ReleasePath?

    package init(defaults: ReleasePath? = nil, schema: ReleasePath? = nil) {
        self.defaults = defaults
        self.schema = schema
    }
}

/// Documents of the release, as files of the tree and as members of the bundle under the same path (`docs/…`).
package struct ReleaseDocuments: Codable, Equatable, Sendable {
    package var upgrade: ReleasePath?
    package var changelog: ReleasePath?
    package var more: [ReleasePath]

    package init(upgrade: ReleasePath? = nil, changelog: ReleasePath? = nil, more: [ReleasePath] = []) {
        self.upgrade = upgrade
        self.changelog = changelog
        self.more = more
    }
}
