// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostRecords
import HostSystem
import Trust

/// The key by which this host signs what it says: receipts, inventories (trust §9.1). It has no password, as nobody is
/// there to type one when a bake ends after a power cut; who is root on the host can sign as the host anyway.
struct HostKey {
    let root: HostPath

    init(root: HostPath = "/") { self.root = root }

    var secret: HostPath { HostLayout.hostKey(root: root) }
    var open: HostPath { KeyFiles.publicPath(of: secret) }

    /// - Returns: nil when the host has none.
    /// - Throws: `KeyError`: others could have read it, or it cannot be used.
    func load() throws -> SigningKey? {
        guard let status = try FileSystem.status(secret) else { return nil }
        guard status.user == geteuid(), let place = try FileSystem.status(secret.parent), place.permissions & 0o022 == 0
        else { throw KeyError.openToOthers(path: secret.parent.text, permissions: status.permissions) }
        do {
            return try KeyFiles.secretKeyFile(secret).open(password: nil)
        } catch let error as TrustError {
            throw KeyError.file(path: secret.text, error)
        }
    }

    /// Makes one and puts it in place; the public half last, so that one that is there belongs to a key.
    /// - Parameters:
    ///   - damaged: there is a former one that nobody can read any more.
    ///   - lastWord: what the former one has to sign about its successor. It does so before it is written over: a crash in
    ///     between leaves a word too many, not one too few.
    func make(
        replacing former: SigningKey?, damaged: Bool = false, lastWord: (SigningKey) -> Void = { _ in }
    ) throws -> SigningKey {
        let place = secret.parent
        try FileSystem.createDirectories(place.parent)
        try FileSystem.createDirectory(place, permissions: 0o700, owner: FileOwner(user: geteuid(), group: getegid()))
        try FileSystem.removeLeftTemporaries(in: place)
        // Its receipts are there for ever: so is what they are checked by.
        if let open = former?.publicKey ?? (damaged ? try? KeyFiles.publicKey(open) : nil) {
            try FileSystem.write(open.file, to: place / "host-\(open.fingerprint).pub")
        } else if !damaged, try FileSystem.exists(secret) {
            throw KeyError.exists(path: secret.text)
        }
        let key = try SigningKey.generate()
        lastWord(key)
        try KeyGenerateCommand.write(SecretKeyFile.plain(key), to: secret)
        try writePublic(key)
        return key
    }

    func writePublic(_ key: SigningKey) throws {
        guard (try? KeyFiles.publicKey(open)) != key.publicKey else { return }
        try FileSystem.write(key.publicKey.file, to: open)
    }
}
