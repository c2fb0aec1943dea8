// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Trust

struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Add a signature to a bundle, in place.",
        discussion: "Only the 32 KiB signature area is written: the time does not depend on the bundle's size. What is "
            + "signed is SHA256SUMS; `bundle verify` proves that the rest is what it names.")

    @Argument(help: "The bundle files.", completion: .file()) var bundles: [String]
    @OptionGroup var keys: SigningKeyOptions

    @Option(
        help: ArgumentHelp(
            "Add this signature, which `minisign -S -l` made of SHA256SUMS, instead of making one.", valueName: "file"),
        completion: .file())
    var attach: String?

    @Option(
        help: ArgumentHelp(
            "The public key of the signature to attach; else it is looked for in the project's keys/ and the user's.",
            valueName: "file"),
        completion: .file())
    var pubkey: String?

    @OptionGroup var answers: OutputOptions

    func validate() throws {
        guard !bundles.isEmpty else { throw ValidationError("name a bundle") }
        guard attach == nil || (bundles.count == 1 && keys.key.isEmpty) else {
            throw ValidationError("--attach takes one bundle and no --key")
        }
        guard attach != nil || pubkey == nil else { throw ValidationError("--pubkey goes with --attach") }
    }

    func run() async throws {
        let console = answers.console
        if let attach {
            let signing = BundleSigning(path: HostPath(bundles[0]))
            return try answer([signing.attach(HostPath(attach), publicKey: pubkey.map { HostPath($0) })], console)
        }
        // Opened once: scrypt takes seconds, and a person types a password once.
        let opened = try keys.open(project: ".", console)
        try answer(try bundles.map { try BundleSigning(path: HostPath($0)).sign(with: opened) }, console)
    }

    private func answer(_ done: [BundleSigning.Done], _ console: Console) throws {
        guard console.json else {
            for one in done { console.answer(one.text) }
            return
        }
        console.answer(bytes: CanonicalJSON.write(.object([.init("signed", .array(done.map(\.json)))])))
    }
}
