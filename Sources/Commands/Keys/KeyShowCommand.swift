// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import ArgumentParser
import HostSystem
import Trust

struct KeyShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a key's fingerprint, also as words to read aloud; of an identity, its recipient.",
        discussion: "FILE is a .pub file, or a .key file whose .pub is missing: then the password may be needed; or a "
            + "file of age identities.")

    @Argument(help: "The key's file.", completion: .file()) var file: String
    @OptionGroup var password: PasswordOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let path = HostPath(file)
        if try IdentityFiles.isIdentity(path) {
            let found = try IdentityFiles.read(path).map(\.recipient)
            return IdentityAnswer(recipients: found, path: path).give(console)
        }
        let key =
            file.hasSuffix(".key")
            ? try KeyFiles.open(path, password, console).publicKey : try KeyFiles.publicKey(path)
        KeyAnswer(key: key, path: file).give(console)
    }
}
