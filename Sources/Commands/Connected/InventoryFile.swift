// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Bundler
import HostSystem
import Reporting
import Trust

/// An inventory that was carried out of a host, with its signature beside it.
struct InventoryFile {
    let path: String

    /// By how it begins: nothing of it is read otherwise before its signature is proven.
    static func isOne(_ path: String) -> Bool {
        guard let file = try? HostFile.openRegular(HostPath(path)) else { return false }
        var start = [UInt8](repeating: 0, count: Inventory.format.utf8.count + 1)
        let count = start.withUnsafeMutableBytes { (try? file.read(at: 0, into: $0)) ?? 0 }
        return count == start.count && start.elementsEqual("\(Inventory.format) ".utf8)
    }

    /// - Parameter hosts: keys of role `host`.
    /// - Throws: `InventoryError`, `SystemCallError`.
    func prove(by hosts: Keyring) throws -> Inventory {
        guard !hosts.keys.isEmpty || !hosts.revoked.isEmpty else { throw InventoryFileError.nobodyBelieved }
        let signature = HostPath(path + Inventory.signatureSuffix)
        guard try FileSystem.exists(signature) else { throw InventoryError.unsigned(path: path) }
        return try FileFault.naming(path) {
            try ProvenInventory.judge(
                FileSystem.readAll(HostPath(path), limit: Inventory.limit),
                signature: FileSystem.readAll(signature, limit: 1 << 16), by: hosts
            ).inventory
        }
    }
}

extension ReaderTrustOptions {
    /// Hosts that are believed: of the keys that are named, and of role `host` of what is believed otherwise.
    /// - Parameter named: files of public keys.
    func hostKeyring(_ named: [String], _ console: Console) throws -> Keyring {
        let keys = try named.map { try KeyFiles.publicKey(HostPath($0)) }
        let role = try Belief.found(by: self, console)?.root?.keyring(for: .host) ?? Keyring(keys: [])
        return Keyring(keys: Array(role.keys.values) + keys, revoked: role.revoked)
    }
}

extension DeltaBase {
    /// What a host wrote down that it holds.
    init(_ inventory: Inventory, path: String) {
        self.init(
            path: path, name: inventory.product, arch: inventory.arch,
            releases: inventory.releases.map { PackIndex.Base(version: $0.version, digest: $0.digest) },
            contents: Set(inventory.contents.keys))
    }
}
