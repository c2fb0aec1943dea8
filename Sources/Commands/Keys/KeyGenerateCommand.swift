// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Cryptography
import HostSystem
import Trust

struct KeyGenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a key pair: NAME.key, which stays secret, and NAME.pub.",
        discussion: "minisign reads both files. Existing files are never written over.")

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The secret key's file, ending in .key (default: ~/.config/bundle/keys/release.key).", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(
        name: [.customLong("unencrypted"), .customLong("no-password")],
        help: "Keep the secret key without a password: whoever copies the file can sign.")
    var unencrypted = false

    @OptionGroup var password: PasswordOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let secret = try path()
        let open = KeyFiles.publicPath(of: secret)
        for path in [secret, open] where try FileSystem.exists(path) { throw KeyError.exists(path: path.text) }
        let key = try SigningKey.generate()
        let file =
            unencrypted
            ? try SecretKeyFile.plain(key)
            : try SecretKeyFile.seal(key, password: password.newPassword(for: secret.text, console))
        try FileSystem.createDirectories(secret.parent, permissions: 0o700)
        try KeyGenerateCommand.write(file, to: secret)
        try FileSystem.write(key.publicKey.file, to: open)
        KeyAnswer(key: key.publicKey, path: open.text).give(console)
        if unencrypted { console.warn("\(secret.text) has no password: whoever copies it can sign") }
    }

    private func path() throws -> HostPath {
        guard let output else {
            guard let place = KeyFiles.userDirectory else { throw KeyError.badKeyPath(path: "~/.config/bundle/keys") }
            return place / "release.key"
        }
        guard output.hasSuffix(".key"), !output.hasSuffix("/.key"), output != ".key" else {
            throw KeyError.badKeyPath(path: output)
        }
        return HostPath(output)
    }

    /// 0600 from its first moment on.
    static func write(_ file: SecretBytes, to path: HostPath) throws {
        var bytes = file.withBytes { Array($0) }
        defer { SecretBytes.wipe(&bytes) }
        try FileSystem.write(bytes, to: path, permissions: 0o600)
    }
}
