// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Cryptography
import Glibc
import HostSystem

/// Where the password of a secret key comes from: a file, the environment's file, the terminal. Never an argument: those
/// are in the process list.
struct PasswordOptions: ParsableArguments {
    static let variable = "BUNDLE_KEY_PASSWORD_FILE"

    @Option(
        help: ArgumentHelp(
            "File whose first line is the key's password; else the file that \(variable) names, else the terminal.",
            valueName: "file"),
        completion: .file())
    var passwordFile: String?

    /// The password of an existing key.
    func password(for path: String, _ console: Console) throws -> SecretBytes {
        if let given = try fromFile() { return given }
        guard PasswordPrompt.isPossible else { throw KeyError.noTerminal(for: path) }
        return try PasswordPrompt.ask("password of \(path)", console)
    }

    /// A new password: asked twice on a terminal.
    func newPassword(for path: String, _ console: Console) throws -> SecretBytes {
        if let given = try fromFile() {
            guard !given.isEmpty else { throw KeyError.emptyPassword }
            return given
        }
        return try PasswordOptions.askTwice(for: path, console)
    }

    static func askTwice(for path: String, _ console: Console) throws -> SecretBytes {
        guard PasswordPrompt.isPossible else { throw KeyError.noTerminal(for: path) }
        let first = try PasswordPrompt.ask("new password for \(path)", console)
        guard !first.isEmpty else { throw KeyError.emptyPassword }
        guard first.equals(try PasswordPrompt.ask("the same again", console)) else { throw KeyError.passwordsDiffer }
        return first
    }

    private func fromFile() throws -> SecretBytes? {
        let named = passwordFile ?? getenv(PasswordOptions.variable).map { String(cString: $0) }
        guard let named, !named.isEmpty else { return nil }
        return try PasswordOptions.firstLine(of: HostPath(named))
    }

    /// The first line without its end, so that `echo` and an editor write what was meant.
    static func firstLine(of path: HostPath) throws -> SecretBytes {
        var bytes = try FileSystem.readAll(path, limit: 64 * 1024, streams: true)
        defer { SecretBytes.wipe(&bytes) }
        var line = Array(bytes.prefix { $0 != 10 })
        if line.last == 13 { line.removeLast() }
        return try SecretBytes(wiping: &line)
    }
}
