// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing
import Trust

/// Other people's programs, and a directory to run them in.
final class Workbench: Sendable {
    let path: HostPath

    init() throws { path = try FileSystem.createTemporaryDirectory() }

    deinit { _ = try? FileSystem.removeTree(path) }

    static func has(_ programs: String...) -> Bool {
        programs.allSatisfy { SystemCommandRunner.locate($0) != nil }
    }

    func put(_ name: String, _ bytes: [UInt8], permissions: UInt16 = 0o644) throws {
        try FileSystem.write(bytes, to: path / name, permissions: permissions)
    }

    func put(_ name: String, _ secret: SecretBytes) throws {
        try put(name, secret.withBytes { Array($0) }, permissions: 0o600)
    }

    func get(_ name: String) throws -> [UInt8] { try FileSystem.readAll(path / name, limit: 1 << 20) }

    /// Runs it with the files' names relative to this directory.
    @discardableResult
    func run(_ argv: String..., input: String = "") async throws -> CommandResult {
        let line = argv.map { "'\($0)'" }.joined(separator: " ")
        return try await SystemCommandRunner().run(
            Command(["sh", "-c", "cd '\(path.text)' && exec \(line)"], input: Array(input.utf8), timeoutSeconds: 120))
    }

    func secretKey(_ name: String) throws -> SecretKeyFile {
        var bytes = try get(name)
        return try SecretKeyFile(file: SecretBytes(wiping: &bytes))
    }
}

enum Samples {
    static let list = Array("\(Digest.ofBytes([1]).hex)  README.txt\n\(Digest.ofBytes([2]).hex)  manifest.json\n".utf8)
    static let digest = Digest.ofBytes([2])

    static func release() throws -> ReleaseIdentity {
        ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: Version(major: 1, minor: 4, patch: 0), arch: .amd64)
    }

    static func signature(by key: SigningKey) throws -> NamedSignature {
        try ReleaseSigner.sign(list, of: release(), releaseDigest: digest, with: key)
    }

    static func secret(_ text: String) throws -> SecretBytes {
        var bytes = Array(text.utf8)
        return try SecretBytes(wiping: &bytes)
    }
}
