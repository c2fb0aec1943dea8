// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Trust

/// Whose signatures a verb believes that looks at a bundle and changes no host: what the options name, else what this
/// host believes, else the keys of the project in which it is run, else those of the user. Never a key from the bundle.
struct ReaderTrustOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Believe this public key of minisign; may be given again.", valueName: "file"),
        completion: .file())
    var pubkey: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Believe the release keys of this trust root, N.json.", valueName: "file"),
        completion: .file())
    var trust: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Look into a bundle that no believed key has signed, by the SHA-256 of its SHA256SUMS.", valueName: "sha256"
        ))
    var allowUnsigned: String?

    @OptionGroup var identities: IdentityOptions
    @OptionGroup var parts: PartOptions

    func validate() throws {
        guard trust == nil || pubkey.isEmpty else { throw ValidationError("--trust and --pubkey exclude each other") }
        guard allowUnsigned == nil || allowUnsigned.flatMap({ Digest(hex: $0) }) != nil else {
            throw ValidationError("--allow-unsigned takes the 64 hexadecimal digits that `sha256sum SHA256SUMS` prints")
        }
    }

    /// - Throws: `ReaderTrustError.nothingBelieved`; what proving throws.
    func prove(_ path: String, console: Console, search: PartSearch? = nil) throws -> (
        head: ProvenHead, belief: Belief
    ) {
        try FileFault.naming(path) { try proveHead(path, console, search ?? parts.search(console)) }
    }

    private func proveHead(_ path: String, _ console: Console, _ search: PartSearch) throws -> (
        head: ProvenHead, belief: Belief
    ) {
        let bundle = try UnverifiedBundle.open(
            HostPath(path), identities: identities.asked(onHost: false), search: search)
        if let digest = allowUnsigned.flatMap({ Digest(hex: $0) }) {
            console.warn("the rule that bundles are signed is overridden for this run")
            let belief = try Belief.found(by: self, console) ?? Belief(chain: nil, keys: [], sources: [])
            return (try bundle.proveHead(by: belief.keyring, allowingUnsigned: digest), belief)
        }
        guard let belief = try Belief.found(by: self, console)?.following(bundle.claimed.trustLinks) else {
            throw ReaderTrustError.nothingBelieved
        }
        let head = try bundle.proveHead(by: belief.keyring)
        try belief.root?.allow(head.identity)
        return (head, belief)
    }
}

/// What is believed, and where it came from.
struct Belief {
    let chain: TrustChain?
    let keys: [MinisignPublicKey]
    /// Files, for people to see.
    let sources: [String]

    var root: TrustRoot? { chain?.newest.root }

    /// Newer roots count when a bundle leads on to them (trust §4.7); nothing is kept.
    func following(_ links: [TrustLink]) throws -> Belief {
        guard let chain else { return self }
        let (newer, relation) = try chain.following(links)
        guard case .advanced(let roots) = relation else { return self }
        let names = roots.map { "trust root \($0.root.number) of the bundle" }
        return Belief(chain: newer, keys: [], sources: sources + names)
    }

    var keyring: Keyring { root?.keyring(for: .release) ?? Keyring(keys: keys) }

    static func found(by options: ReaderTrustOptions, _ console: Console) throws -> Belief? {
        if let trust = options.trust { return try root(HostPath(trust), console) }
        if !options.pubkey.isEmpty { return try keys(options.pubkey.map { HostPath($0) }) }
        if let host = try HostTrust.load() { return Belief(chain: host.chain, keys: [], sources: [host.path.text]) }
        let project = try ProjectRoots.load(project: ".", console)
        if let chain = project.chain { return Belief(chain: chain, keys: [], sources: [project.path.text]) }
        for directory in KeyFiles.directories(project: ".") {
            guard try FileSystem.exists(directory) else { continue }
            let files = try FileSystem.list(directory).filter { $0.hasSuffix(".pub") }
            if !files.isEmpty { return try keys(files.map { directory / $0 }) }
        }
        return nil
    }

    /// A trust root that a person names on the command line is vouched for by that.
    private static func root(_ path: HostPath, _ console: Console) throws -> Belief {
        let chain = try TrustFile.read(path).vouched()
        if (try? chain.checkOwnSignatures()) == nil {
            console.warn("\(path) is not signed by enough of its own root keys: no host takes it")
        }
        return Belief(chain: chain, keys: [], sources: [path.text])
    }

    private static func keys(_ paths: [HostPath]) throws -> Belief {
        let keys = try paths.map { try KeyFiles.publicKey($0) }
        return Belief(chain: nil, keys: keys, sources: paths.map(\.text))
    }
}

enum ReaderTrustError: Error, Equatable {
    case nothingBelieved
}

extension ReaderTrustError: Explained {
    var explanation: Explanation {
        Explanation(
            "no key is believed here, so nothing can be proven",
            hint: "`--trust N.json` or `--pubkey KEY.pub`, which did not come with the bundle", status: .refusedByTrust)
    }
}
