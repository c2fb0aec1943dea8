// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Trust

/// Which keys sign.
struct SigningKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Secret key file; more than once for several. Else the only one in the project's keys/, "
                + "else the only one in ~/.config/bundle/keys. With --signer also a public key file.",
            valueName: "file"),
        completion: .file())
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "Program with its arguments, parted by spaces, that signs for each --key that is a public key: for keys in "
                + "hardware (docs/trust.md §3.7).", valueName: "command"))
    var signer: String?

    @OptionGroup var password: PasswordOptions

    func validate() throws {
        guard signer == nil || !key.isEmpty else {
            throw ValidationError("--signer wants to know for which key: --key KEY.pub")
        }
        guard signer.map({ !$0.split(separator: " ").isEmpty }) ?? true else {
            throw ValidationError("--signer takes a program")
        }
    }

    /// What signs, in the order of the options: opened secret keys, asking for passwords where that is needed, and the
    /// signer for public ones.
    /// - Parameter project: the directory whose `keys/` is looked into. A key that is found there is always a secret
    ///   one, so that a directory which came from elsewhere cannot name a program to run.
    /// - Throws: `KeyError`.
    func open(project: HostPath, _ console: Console) throws -> [any DocumentSigner] {
        let paths = key.isEmpty ? [try KeyFiles.defaultSecretKey(project: project)] : key.map { HostPath($0) }
        let argv = signer?.split(separator: " ").map(String.init)
        let opened = try paths.map { path -> any DocumentSigner in
            guard let argv, let publicKey = try? KeyFiles.publicKey(path) else {
                return try KeyFiles.open(path, password, console)
            }
            return ExternalSigner(publicKey: publicKey, argv: argv)
        }
        guard signer == nil || opened.contains(where: { $0 is ExternalSigner }) else {
            throw KeyError.signerWithoutKey
        }
        return opened
    }
}
