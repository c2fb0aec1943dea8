// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Trust

/// What this host believes: the trust roots `/etc/bundle/trust/N.json`, every one of them kept (trust §4.1). Nothing else
/// of ours looks there.
enum HostTrust {
    static let directory: HostPath = "/etc/bundle/trust"

    static func path(_ number: Int) -> HostPath { directory / "\(number).json" }

    /// Of all roots, sorted; empty when nothing was adopted.
    static func numbers() throws -> [Int] {
        guard try FileSystem.exists(directory) else { return [] }
        return try FileSystem.list(directory).compactMap { name in
            name.hasSuffix(".json") ? Int(name.dropLast(5)) : nil
        }.sorted()
    }

    /// The file of the newest root; nil when none was adopted.
    static func newest() throws -> HostPath? { try numbers().last.map(path) }

    /// The newest root; nil when none was adopted.
    /// - Throws: `HostTrustError.writableByOthers`: what others than root may write is not believed.
    static func root() throws -> TrustRoot? {
        guard let path = try newest() else { return nil }
        guard let status = try FileSystem.status(path), status.user == 0, status.permissions & 0o022 == 0 else {
            throw HostTrustError.writableByOthers(path: path.text)
        }
        return try TrustRoot.decode(FileSystem.readAll(path, limit: Limits.trustRootBytes))
    }

    /// Writes root 1. Never over another: a second first root would be somebody else's word against the operator's.
    static func adopt(_ bytes: [UInt8]) throws {
        guard geteuid() == 0 else { throw KeyError.notRoot }
        let target = path(1)
        if let newest = try numbers().last {
            // The same key again is no change.
            guard newest == 1, try FileSystem.readAll(target, limit: Limits.trustRootBytes) == bytes else {
                throw KeyError.rootExists(path: path(newest).text)
            }
            return
        }
        try FileSystem.createDirectories(directory, owner: .root)
        let draft = directory / ".1.json.new"
        try FileSystem.write(bytes, to: draft, owner: .root)
        do {
            try FileSystem.renameNoReplace(draft, to: target)
        } catch {
            try FileSystem.remove(draft)
            throw error
        }
        try FileSystem.syncDirectory(directory)
    }
}
