// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Glibc
import HostSystem
import Trust

/// Key files on disk: where they are looked for, and what is demanded of them before they are read.
enum KeyFiles {
    private static let limit = 16 * 1024

    /// `~/.config/bundle/keys`, by the environment; nil without a home.
    static var userDirectory: HostPath? {
        if let set = getenv("XDG_CONFIG_HOME").map({ String(cString: $0) }), set.hasPrefix("/") {
            return HostPath(set) / "bundle" / "keys"
        }
        guard let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") else { return nil }
        return HostPath(home) / ".config" / "bundle" / "keys"
    }

    /// Where keys are looked for when none is named: the project's `keys/`, then the user's (trust §2.6).
    static func directories(project: HostPath) -> [HostPath] {
        [project / "keys"] + [userDirectory].compactMap(\.self)
    }

    /// The one secret key of the first directory that has any.
    static func defaultSecretKey(project: HostPath) throws -> HostPath {
        let places = directories(project: project)
        for place in places {
            let found = try files(in: place, suffix: ".key")
            guard found.count <= 1 else { throw KeyError.severalKeys(found.map(\.text)) }
            if let only = found.first { return only }
        }
        throw KeyError.noKey(searched: places.map(\.text))
    }

    /// All public keys of the first directory that has any.
    static func defaultPublicKeys(project: HostPath) throws -> [MinisignPublicKey] {
        for place in directories(project: project) {
            let found = try files(in: place, suffix: ".pub")
            if !found.isEmpty { return try found.map { try publicKey($0) } }
        }
        return []
    }

    static func publicKey(_ path: HostPath) throws -> MinisignPublicKey {
        let bytes = try FileSystem.readAll(path, limit: limit)
        do {
            return try MinisignPublicKey(file: bytes)
        } catch {
            throw KeyError.file(path: path.text, error)
        }
    }

    /// A secret key that only its owner may read; others have had their chance to copy it.
    static func secretKeyFile(_ path: HostPath) throws -> SecretKeyFile {
        guard let status = try FileSystem.status(FileSystem.resolve(path)), status.kind == .file else {
            throw KeyError.notAFile(path: path.text)
        }
        var bytes = try FileSystem.readAll(path, limit: limit)
        // The most likely slip: the other half of the pair. It says so, rather than that others can read it.
        if (try? MinisignPublicKey(file: bytes)) != nil { throw KeyError.publicKey(path: path.text) }
        guard status.permissions & 0o077 == 0 else {
            throw KeyError.openToOthers(path: path.text, permissions: status.permissions)
        }
        do {
            return try SecretKeyFile(file: SecretBytes(wiping: &bytes))
        } catch let error as TrustError {
            throw KeyError.file(path: path.text, error)
        }
    }

    static func open(_ path: HostPath, _ password: PasswordOptions, _ console: Console) throws -> SigningKey {
        let file = try secretKeyFile(path)
        do {
            return try file.open(password: file.isEncrypted ? password.password(for: path.text, console) : nil)
        } catch let error as TrustError {
            throw KeyError.file(path: path.text, error)
        }
    }

    /// A secret's file, 0600 from its first moment on, and never over another: what the old one opened would be lost.
    static func writeNew(_ secret: SecretBytes, to path: HostPath) throws {
        guard try !FileSystem.exists(path) else { throw KeyError.exists(path: path.text) }
        // O_EXCL decides, should another have made it meanwhile.
        let file = try HostFile.open(path, .create(permissions: 0o600), followLinks: false)
        do {
            try secret.withBytes { try file.write($0) }
            try file.sync()
        } catch {
            _ = try? FileSystem.remove(path)
            throw error
        }
        try FileSystem.syncDirectory(path.parent)
    }

    /// `release.key` → `release.pub`.
    static func publicPath(of secret: HostPath) -> HostPath { secret.parent / (secret.name.dropLast(4) + ".pub") }

    private static func files(in place: HostPath, suffix: String) throws -> [HostPath] {
        guard try FileSystem.exists(place) else { return [] }
        return try FileSystem.list(place).filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.map { place / $0 }
    }
}
