// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Trust

struct TrustUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Take newer trust roots over, without an installation.",
        discussion:
            "They count by the signatures of the roots that this host believes, one number after the other. Bundles "
            + "bring them, too: this is for the day when a revocation is urgent and no release is at hand.")

    @Argument(help: "A directory with N.json and their signatures, or a bundle.", completion: .file())
    var source: String
    @OptionGroup var identities: IdentityOptions
    @OptionGroup var parts: PartOptions
    @OptionGroup var answers: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = answers.console
        guard let host = try HostTrust.load() else {
            AuditedAttempt.refused(
                "trust update", medium: source, by: HostTrustError.nothingBelieved, note: noting.note)
            throw HostTrustError.nothingBelieved
        }
        let session = try HostSession(verb: "trust update", console: console, exclusive: false, note: noting.note)
        let attempt = AuditedAttempt(verb: "trust update", medium: source, session: session)
        var newest = host.chain.newest
        try await attempt.record { attempt in
            let (chain, relation) = try following(host.chain, console)
            guard case .advanced(let roots) = relation else { return }
            try HostTrust.advance(to: roots)
            newest = chain.newest
            attempt.detail = "trust root \(host.chain.newest.root.number) is followed by \(newest.root.number)"
        }
        let answer = TrustAnswer(newest, path: HostTrust.files.rootPath(newest.root.number).text)
        guard !console.json else { return console.answer(json: answer.json) }
        let number = newest.root.number
        for change in RootChange.list(from: host.chain.newest.root, to: newest.root) {
            console.say("  \(Console.printable(change.words))")
        }
        console.answer(
            number == host.chain.newest.root.number
                ? "nothing newer than trust root \(number) is there"
                : "this host now believes trust root \(number), fingerprint \(newest.fingerprint) (\(newest.fingerprint.spoken))"
        )
    }

    private func following(_ chain: TrustChain, _ console: Console) throws -> (
        chain: TrustChain, relation: TrustChain.Relation
    ) {
        do {
            let found = try chain.following(links(console))
            guard case .foreign(let numbers) = found.relation else { return found }
            throw KeyError.foreignRoots(path: source, numbers)
        } catch let error as TrustError {
            throw KeyError.file(path: source, error)
        }
    }

    private func links(_ console: Console) throws -> [TrustLink] {
        let path = HostPath(source)
        let links =
            try NamedPath.kind(path) == .directory
            ? TrustDirectory(path: path).links()
            : UnverifiedBundle.open(
                path, identities: identities.asked(onHost: true), search: parts.search(console)
            ).claimed.trustLinks
        guard !links.isEmpty else { throw KeyError.noRoots(path: source) }
        return links
    }
}
