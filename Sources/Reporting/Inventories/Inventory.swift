// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Trust

/// What a host holds of a product and what it is, under its own key (trust §12): what a delta is made against by people who
/// cannot reach the host.
package struct Inventory: Equatable, Sendable {
    package static let format = "bundle-inventory/1"
    /// The whole document: as many contents as a release may have, and the rest.
    package static let limit = 96 << 20

    package enum Standing: String, CaseIterable, Sendable {
        case active, installed, staged
    }

    package struct Release: Equatable, Sendable {
        package var version: Version
        /// The release digest.
        package var digest: Digest
        package var standing: Standing

        package init(version: Version, digest: Digest, standing: Standing) {
            self.version = version
            self.digest = digest
            self.standing = standing
        }
    }

    /// What one file system of the host has left for us.
    package struct Room: Equatable, Sendable {
        package enum Place: String, CaseIterable, Sendable {
            case opt, `var`
        }

        package var bytes: Int64
        /// Sorted.
        package var places: [Place]

        package init(bytes: Int64, places: [Place]) {
            self.bytes = bytes
            self.places = places
        }
    }

    package var product: ReleaseName
    package var arch: Architecture
    /// The key that signs it.
    package var host: KeyFingerprint
    package var hostName: String
    /// Seconds since 1970 by the wall clock, which may be wrong.
    package var wallSeconds: Int64
    /// The version of `bundle` there.
    package var tool: Version
    /// As uname(2) says it.
    package var kernel: String
    /// nil when it does not answer.
    package var systemd: Int?
    /// Dotted numbers; nil when it does not answer.
    package var nft: String?
    package var memory: Int64
    package var rooms: [Room] = []
    /// Programs in the system's path.
    package var commands: Set<String> = []
    package var floor: Version?
    package var releases: [Release] = []
    /// Contents in the host's packs, proven when this was written, and their sizes.
    package var contents: [Digest: Int64] = [:]

    package init(
        product: ReleaseName, arch: Architecture, host: KeyFingerprint, hostName: String, wallSeconds: Int64,
        tool: Version, kernel: String, memory: Int64
    ) {
        self.product = product
        self.arch = arch
        self.host = host
        self.hostName = hostName
        self.wallSeconds = wallSeconds
        self.tool = tool
        self.kernel = kernel
        self.memory = memory
    }

    /// Behind the file name of an inventory.
    package static let signatureSuffix = ".minisig"
    /// `NAME-HOST.inventory`.
    package static let fileSuffix = ".inventory"

    /// `[A-Za-z0-9][A-Za-z0-9._+-]{0,63}`; programs of other names are left out.
    package static func isCommand(_ text: some StringProtocol) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
        let isPlain: (UInt8) -> Bool = {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        }
        return isPlain(first) && text.utf8.allSatisfy { isPlain($0) || "._+-".utf8.contains($0) }
    }
}
