// SPDX-License-Identifier: Apache-2.0

/// What one file of an image says of the software in it.
package enum Finding: Equatable, Sendable {
    case packages([SoftwarePackage])
    case distribution(Distribution)
    /// It would say something and could not be read.
    case unread(reason: String)

    /// How many it names.
    var packages: Int { if case .packages(let packages) = self { packages.count } else { 0 } }

    /// About the bytes of its texts in a bill.
    var weight: Int {
        switch self {
        case .packages(let packages): packages.reduce(0) { $0 + $1.weight }
        case .distribution: 0
        case .unread(let reason): reason.utf8.count
        }
    }
}

/// Files of an image that are read for its bill, by their path; programs are known by their first bytes.
package enum BillSource: Equatable, Sendable {
    case debian, alpine, rpm, osRelease
    /// What SQLite has not yet brought into the database beside it.
    case rpmLog

    /// No database is larger in practice; a larger one is not read.
    package static let maximumBytes = 64 << 20

    /// - Parameter path: as `FileSystemView.path` gives it.
    package init?(path: String) {
        switch path {
        case "var/lib/dpkg/status": self = .debian
        // usr-merged Alpine keeps it below usr/.
        case "lib/apk/db/installed", "usr/lib/apk/db/installed": self = .alpine
        case "etc/os-release", "usr/lib/os-release": self = .osRelease
        default:
            // Distroless images have one file a package, and its checksums beside it.
            if path.hasPrefix("var/lib/dpkg/status.d/"), !path.hasSuffix(".md5sums") {
                self = .debian
                return
            }
            guard let directory = ["var/lib/rpm/", "usr/lib/sysimage/rpm/"].first(where: path.hasPrefix) else {
                return nil
            }
            switch path.dropFirst(directory.count) {
            case "rpmdb.sqlite", "Packages.db", "Packages": self = .rpm
            case "rpmdb.sqlite-wal": self = .rpmLog
            default: return nil
            }
        }
    }

    /// - Returns: nil for a file that says nothing, as it may.
    package func finding(_ bytes: [UInt8]) -> Finding? {
        do throws(BillFault) {
            switch self {
            case .debian: return .packages(try DebianStatus.packages(bytes))
            case .alpine: return .packages(try AlpineDatabase.packages(bytes))
            // rpm's tools leave empty files of the forms that they no longer use.
            case .rpm: return bytes.isEmpty ? nil : .packages(try RPMDatabase.packages(bytes))
            case .rpmLog: return bytes.isEmpty ? nil : .unread(reason: "SQLite's log holds what the database lacks")
            case .osRelease: return Distribution(osRelease: bytes).map { .distribution($0) }
            }
        } catch {
            return .unread(reason: error.reason)
        }
    }
}
