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
            + "signed is SHA256SUMS; `bundle verify` proves that the rest is what it names. Where the key never leaves "
            + "its room, --detached takes the head out of the bundle, a small file that is signed there as a bundle is, "
            + "and --attach takes its signatures back.")

    @Argument(help: "The bundle files, or heads of bundles.", completion: .file()) var bundles: [String]
    @OptionGroup var keys: SigningKeyOptions

    @Flag(help: "Sign nothing: write the head of the bundle to a file, to be signed elsewhere.")
    var detached = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where --detached writes it; by default NAME-VERSION-ARCH.head here.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Add the signatures of this head, or the one that `minisign -S -l` made of SHA256SUMS, instead of making "
                + "one.", valueName: "file"),
        completion: .file())
    var attach: String?

    @Option(
        help: ArgumentHelp(
            "The public key of a signature to attach, more than once for several; else they are looked for in the "
                + "project's keys/ and the user's.", valueName: "file"),
        completion: .file())
    var pubkey: [String] = []

    @Option(
        help: ArgumentHelp(
            "Hold signatures to attach to the keys of role release of this trust root, N.json; goes with --pubkey.",
            valueName: "file"),
        completion: .file())
    var trust: String?

    @Flag(help: "Show what would be signed, and sign nothing.") var dryRun = false
    @OptionGroup var answers: OutputOptions

    func validate() throws {
        guard !bundles.isEmpty else { throw ValidationError("name a bundle") }
        guard [detached, attach != nil, dryRun].filter({ $0 }).count <= 1 else {
            throw ValidationError("--detached, --attach and --dry-run exclude one another")
        }
        if detached || attach != nil {
            let option = detached ? "--detached" : "--attach"
            guard bundles.count == 1 else { throw ValidationError("\(option) takes one bundle, not \(bundles.count)") }
            guard keys.key.isEmpty else {
                throw ValidationError("\(option) signs nothing here, so it takes no --key")
            }
        }
        guard detached || output == nil else { throw ValidationError("--output goes with --detached") }
        guard attach != nil || pubkey.isEmpty && trust == nil else {
            throw ValidationError("\(trust == nil ? "--pubkey" : "--trust") goes with --attach")
        }
    }

    func run() async throws {
        let console = answers.console
        let offers = try bundles.map { try BundleSigning(HostPath($0)) }
        let known = try publicKeys()
        if detached { return try detach(offers[0], known, console) }
        if let attach { return try answer([offers[0].attach(HostPath(attach), known: known)], console) }
        let views = offers.map { SigningView(path: $0.path.text, head: $0.head, known: known) }
        if dryRun { return show(views, console) }
        // Shown before a password is asked for: typing it is the signer's yes.
        if !console.json { for view in views { for line in view.lines { console.say(Console.printable(line)) } } }
        // Opened once: scrypt takes seconds, and a person types a password once.
        let opened = try keys.open(project: ".", console)
        try ProjectRoots.load(project: ".", console).warn(of: opened.map(\.publicKey), console)
        var done: [BundleSigning.Done] = []
        for offer in offers { done.append(try await offer.sign(with: opened)) }
        try answer(done, console)
    }

    private func publicKeys() throws -> [MinisignPublicKey] {
        guard !pubkey.isEmpty || trust != nil else { return try KeyFiles.defaultPublicKeys(project: ".") }
        let release = try trust.map { try TrustFile.read(HostPath($0)).vouched().newest.root.keyring(for: .release) }
        return try (release.map { Array($0.keys.values) } ?? []) + pubkey.map { try KeyFiles.publicKey(HostPath($0)) }
    }

    private func detach(_ offer: BundleSigning, _ known: [MinisignPublicKey], _ console: Console) throws {
        let name = offer.head.identity.fileName.split(separator: ".").dropLast().joined(separator: ".") + ".head"
        let target = HostPath(output ?? "./\(name)")
        try offer.detach(to: target)
        let view = SigningView(path: target.text, head: offer.head, known: known)
        guard console.json else {
            console.answer(
                "\(target.text): the head of \(offer.head.identity), \(Console.size(offer.head.headBytes)); sign it with "
                    + "`bundle sign \(target.text) --key K` and bring it back with "
                    + "`bundle sign \(offer.path.text) --attach \(target.text)`")
            return
        }
        console.answer(json: ["bytes": .integer(offer.head.headBytes), "detached": view.json])
    }

    private func show(_ views: [SigningView], _ console: Console) {
        guard console.json else {
            return console.answer(Console.printable(views.flatMap(\.lines).joined(separator: "\n")))
        }
        console.answer(json: ["to_sign": .array(views.map(\.json))])
    }

    private func answer(_ done: [BundleSigning.Done], _ console: Console) throws {
        guard console.json else {
            for one in done { console.answer(one.text) }
            return
        }
        console.answer(json: ["signed": .array(done.map(\.json))])
    }
}
