// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Trust

struct KeyImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Make a .pub file of a public key that came from elsewhere.",
        discussion:
            "FILE is what `openssl pkey -pubout` or `pkcs11-tool --read-object --type pubkey` writes: an Ed25519 "
            + "key as DER or PEM. The secret half stays where it is; `sign --signer` asks for it.")

    @Argument(help: "The public key's file.", completion: .file()) var file: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write, ending in .pub.", valueName: "file"),
        completion: .file())
    var output: String

    @OptionGroup var answers: OutputOptions

    func validate() throws {
        guard output.hasSuffix(".pub"), !output.hasSuffix("/.pub"), output != ".pub" else {
            throw ValidationError("--output takes a file that ends in .pub")
        }
    }

    func run() async throws {
        let target = HostPath(output)
        let bytes = try FileSystem.readAll(HostPath(file), limit: 16 * 1024)
        let key: MinisignPublicKey
        do {
            key = try MinisignPublicKey(foreign: bytes)
        } catch {
            throw KeyError.file(path: file, error)
        }
        guard try !FileSystem.exists(target) else { throw KeyError.exists(path: output) }
        try FileSystem.write(key.file, to: target)
        KeyAnswer(key: key, path: output).give(answers.console)
    }
}
