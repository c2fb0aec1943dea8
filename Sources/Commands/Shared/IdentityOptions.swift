// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import ArgumentParser
import BundleReading
import Cryptography
import Glibc
import HostRecords
import HostSystem

/// What opens an encrypted bundle (trust §10).
struct IdentityOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Open an encrypted bundle with this age identity; may be given again. By default this host's, "
                + "/etc/bundle/keys/identity.txt.", valueName: "file"), completion: .file())
    var identity: [String] = []

    /// Reads identity files when a bundle turns out to be encrypted, and not before.
    /// - Parameter onHost: the user's own file is not looked for: a host has one identity.
    func asked(onHost: Bool) -> BundleMedium.Identities {
        {
            let named = identity.map { HostPath($0) }
            let files = named.isEmpty ? IdentityFiles.usual(onHost: onHost) : named
            guard !files.isEmpty else { throw IdentityError.none(looked: IdentityFiles.places(onHost: onHost)) }
            return try files.flatMap { try IdentityFiles.read($0) }
        }
    }
}

/// Where age identities are, and what is demanded of their files.
enum IdentityFiles {
    /// This host's own, made by `bundle key identity`.
    static let host = HostLayout.keys() / "identity.txt"
    private static let limit = 64 << 10

    static func places(onHost: Bool) -> [HostPath] {
        [host] + (onHost ? [] : [KeyFiles.userDirectory.map { $0 / "identity.txt" }].compactMap(\.self))
    }

    /// The first that is there and that this user can reach.
    static func usual(onHost: Bool) -> [HostPath] {
        places(onHost: onHost).first { access($0.text, R_OK) == 0 }.map { [$0] } ?? []
    }

    /// Whether a file says, by the beginning of its first line that is no comment, that it is one of identities.
    static func isIdentity(_ path: HostPath) throws -> Bool {
        var bytes = try FileSystem.readAll(path, limit: limit)
        defer { SecretBytes.wipe(&bytes) }
        let first = bytes.split(separator: UInt8(ascii: "\n")).first { $0.first != UInt8(ascii: "#") } ?? []
        return ["AGE-", "age-encryption.org/", "-----BEGIN AGE"].contains { first.starts(with: $0.utf8) }
    }

    /// - Throws: `KeyError.openToOthers`, `KeyError.notAFile`, `IdentityError`, `SystemCallError`.
    static func read(_ path: HostPath) throws -> [AgeIdentity] {
        guard let status = try FileSystem.status(FileSystem.resolve(path)), status.kind == .file else {
            throw KeyError.notAFile(path: path.text)
        }
        var bytes = try FileSystem.readAll(path, limit: limit)
        let secret = try SecretBytes(wiping: &bytes)
        do {
            let found = try AgeIdentity.list(file: secret)
            guard status.permissions & 0o077 == 0 else {
                throw KeyError.openToOthers(path: path.text, permissions: status.permissions)
            }
            return found
        } catch AgeError.key(let fault, let line) {
            throw IdentityError.identity(path: path, fault, line: line)
        }
    }
}

/// What can be wrong around identities and recipients. Facts; the words are in `Wording/AgeError+Explained.swift`.
enum IdentityError: Error, Equatable {
    case none(looked: [HostPath])
    case identity(path: HostPath, AgeKeyFault, line: Int)
    /// A file of recipients; nil for one on the command line.
    case recipient(path: HostPath?, AgeKeyFault, line: Int)
    /// A bundle that is encrypted cannot be signed.
    case signingEncrypted(path: HostPath)

    /// Whether it says nothing of which file it is about.
    var isOfTheBundle: Bool {
        if case .none = self { true } else { false }
    }
}
