// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

/// Whose receipts count: what the options name, else role `host` of what this machine believes. Never a key that came with
/// the receipts.
struct HostBelief: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Believe this host's key; may be given again, and with --trust.", valueName: "file"),
        completion: .file())
    var pubkey: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Believe the keys of role host of this trust root, N.json.", valueName: "file"),
        completion: .file())
    var trust: String?

    /// - Throws: `ReceiptsError.nobodyBelieved`.
    func keyring() throws -> Keyring {
        var keyring: Keyring
        let named = try pubkey.map { try KeyFiles.publicKey(HostPath($0)) }
        if let trust {
            let bytes = try FileFault.naming(trust) {
                try FileSystem.readAll(HostPath(trust), limit: Limits.trustRootBytes)
            }
            keyring = try TrustRoot.decode(bytes).keyring(for: .host)
            // A fleet in which not every host's key is in the root yet; what the root revokes stays revoked.
            keyring = Keyring(keys: Array(keyring.keys.values) + named, revoked: keyring.revoked)
        } else if !named.isEmpty {
            keyring = Keyring(keys: named)
        } else if let host = try HostTrust.load() {
            keyring = host.chain.newest.root.keyring(for: .host)
        } else {
            throw ReceiptsError.nobodyBelieved
        }
        guard !keyring.keys.isEmpty || !keyring.revoked.isEmpty else { throw ReceiptsError.nobodyBelieved }
        return keyring
    }
}
