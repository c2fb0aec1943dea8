// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Cryptography
import HostSystem
import Trust

struct KeyPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Change, set or remove the password of a secret key.",
        discussion: "The key stays the same. Old copies of the file keep the old password.")

    @Argument(help: "The secret key's file.", completion: .file()) var file: String
    @OptionGroup var password: PasswordOptions

    @Option(
        help: ArgumentHelp("File whose first line is the new password; else the terminal.", valueName: "file"),
        completion: .file())
    var newPasswordFile: String?

    @Flag(
        name: [.customLong("unencrypted"), .customLong("no-password")],
        help: "Keep the key without a password from now on.")
    var unencrypted = false

    func validate() throws {
        guard !(unencrypted && newPasswordFile != nil) else {
            throw ValidationError("--unencrypted and --new-password-file contradict each other")
        }
    }

    func run() async throws {
        let console = Console()
        let path = HostPath(file)
        let key = try KeyFiles.open(path, password, console)
        if unencrypted {
            try KeyGenerateCommand.write(SecretKeyFile.plain(key), to: FileSystem.resolve(path))
        } else {
            let new =
                try newPasswordFile.map { try PasswordOptions.firstLine(of: HostPath($0)) }
                ?? PasswordOptions.askTwice(for: file, console)
            guard !new.isEmpty else { throw KeyError.emptyPassword }
            try KeyGenerateCommand.write(SecretKeyFile.seal(key, password: new), to: FileSystem.resolve(path))
        }
        console.answer(unencrypted ? "\(file): has no password now" : "\(file): has its new password")
    }
}
