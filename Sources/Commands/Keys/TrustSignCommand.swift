// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

struct TrustSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign a trust root as one of its holders, or as one of the root before.",
        discussion:
            "It shows what is signed and writes N.KEY.minisig beside it. `minisign -S -l` makes the same signature; "
            + "name it N.KEY.minisig then, KEY being the fingerprint.")

    @Argument(help: "N.json; by default the newest in keys/trust.", completion: .file()) var file: String?
    @OptionGroup var keys: SigningKeyOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let path = try file.map { HostPath($0) } ?? newest()
        let directory = TrustDirectory(path: path.parent)
        let drafted = try TrustFile.read(path).vouched().newest
        let root = drafted.root
        let place = directory.rootPath(root.number - 1)
        let before = try FileSystem.exists(place) ? TrustFile.read(place).vouched().newest.root : nil
        console.say(TrustAnswer(drafted, path: path.text, before: before).text)
        for key in try keys.open(project: ".", console) {
            let holders = [root, before].compactMap { $0?.roles[Role.root.rawValue]?.keys }.joined()
            guard holders.contains(key.publicKey.fingerprint.hex) else {
                throw KeyError.notInRoot(key.publicKey.fingerprint, root: root.number)
            }
            let signature = try await DocumentSigning.sign(
                drafted.link.bytes, as: .trustRoot, comment: "bundle trust root \(root.number) \(drafted.fingerprint)",
                by: key)
            let target = directory.signaturePath(root.number, by: key.publicKey.fingerprint)
            try FileSystem.write(signature, to: target)
            console.say("wrote \(target)")
        }
        let signed = TrustAnswer(try TrustFile.read(path).vouched().newest, path: path.text, before: before)
        console.json ? console.answer(json: signed.json) : console.answer(signed.signatures.joined(separator: "\n"))
    }

    private func newest() throws -> HostPath {
        let directory = TrustDirectory(path: "keys/trust")
        guard let last = try directory.links().last else { throw KeyError.noRoots(path: directory.path.text) }
        return directory.rootPath(last.number)
    }
}
