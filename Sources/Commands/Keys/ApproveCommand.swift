// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Trust

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve a release, for hosts whose policy asks for it.",
        discussion: "The release must be proven first: an approval is of what the release keys have signed. It is one "
            + "line with the release digest and a signature beside it, so the bundle stays as it is, and the approval "
            + "holds for every bundle that carries this release. Carry both files with it.")

    @Argument(help: "The bundle file, or a head of it.", completion: .file()) var bundle: String
    @OptionGroup var keys: SigningKeyOptions
    @Option(
        name: .shortAndLong, help: "Where the files go; by default beside the bundle.", completion: .directory)
    var output: String?
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        let (head, belief) = try trust.prove(bundle, console: console)
        let line = Approval.document(head.identity, digest: head.releaseDigest)
        // Shown before a password is asked for: typing it is the approver's yes.
        if !console.json {
            let view = SigningView(path: bundle, head: head, known: head.verdict.established.map(\.key))
            for line in view.lines { console.say(Console.printable(line)) }
            console.say("  approving  release \(head.releaseDigest) of \(head.identity)")
        }
        let directory = try output.map { HostPath($0) } ?? FileSystem.resolve(HostPath(bundle)).parent
        var written: [HostPath] = []
        for key in try keys.open(project: ".", console) {
            let fingerprint = key.publicKey.fingerprint
            if let root = belief.root, root.keyring(for: .approve).keys[fingerprint] == nil {
                console.warn("key \(fingerprint) is no approver of trust root \(root.number): hosts do not count it")
            }
            let signature = try await DocumentSigning.sign(
                line, as: .approval, comment: "approval of \(head.identity)", by: key)
            let path = directory / Approval.signatureName(head.identity, by: fingerprint)
            try FileSystem.write(signature, to: path)
            written.append(path)
        }
        let path = directory / Approval.fileName(head.identity)
        try FileSystem.write(line, to: path)
        guard console.json else { return console.answer((written + [path]).map(\.text).joined(separator: "\n")) }
        console.answer(json: [
            "approval": .string(path.text), "digest": .string(head.releaseDigest.hex),
            "signatures": .array(written.map { .string($0.text) }),
        ])
    }
}
