// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
import Reporting
import Trust

/// Proves bundles by what this host believes, and by nothing else: no key comes from a bundle, an option or a home.
struct HostTrustOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Let in one bundle that no believed key has signed, by the SHA-256 of its SHA256SUMS.", valueName: "sha256")
    )
    var allowUnsigned: String?

    @OptionGroup var policy: PolicyOptions

    @Option(name: .long, help: "Why the rule is overridden; it is written to the audit log for ever.")
    var reason: String?

    @OptionGroup var identities: IdentityOptions
    @OptionGroup var parts: PartOptions

    func validate() throws {
        guard allowUnsigned != nil || !policy.overrides.isEmpty else { return }
        guard allowUnsigned.map({ Digest(hex: $0) != nil }) ?? true else {
            throw ValidationError("--allow-unsigned takes the 64 hexadecimal digits that `sha256sum SHA256SUMS` prints")
        }
        guard let reason, !reason.isEmpty else {
            throw ValidationError((allowUnsigned == nil ? "--override" : "--allow-unsigned") + " needs --reason")
        }
    }

    /// What is written to the audit log: what was asked for, whether or not a rule stood in the way.
    var overrides: [AuditEntry.Override] {
        (allowUnsigned.map { ["bundles are signed: \($0)"] } ?? []).map { .init(rule: $0, reason: reason ?? "") }
            + policy.overrides.map { .init(rule: $0.rawValue, reason: reason ?? "") }
    }

    /// Proves the head of a bundle by the roots of this host and those that the bundle leads on to (trust §4.7).
    ///
    /// - Parameter session: of a verb that changes the host: roots that are newer stay, and stay if the bundle is refused,
    ///   since they were proven by themselves. nil for a verb that only looks.
    /// - Throws: `HostTrustError.nothingBelieved`; what proving throws.
    func prove(_ path: String, console: Console, advancing session: HostSession? = nil) throws -> ProvenHead {
        try FileFault.naming(path) { try proveHead(path, console, session) }
    }

    /// Judges signatures that were kept on this host, as `prove` judges those of a bundle.
    func judge(
        _ checksums: [UInt8], _ signatures: [NamedSignature], _ identity: ReleaseIdentity, _ console: Console
    ) throws -> SignatureVerdict {
        let root = try HostTrust.load()?.chain.newest.root
        if let digest = allowUnsigned.flatMap({ Digest(hex: $0) }) {
            console.warn("the rule that bundles are signed is overridden: \(reason ?? "")")
            return try (root?.keyring(for: .release) ?? Keyring(keys: [])).judge(
                signed: checksums, signatures: signatures, release: identity, allowingUnsigned: digest)
        }
        guard let root else { throw HostTrustError.nothingBelieved }
        return try root.judge(signed: checksums, signatures: signatures, release: identity)
    }

    private func proveHead(_ path: String, _ console: Console, _ session: HostSession?) throws -> ProvenHead {
        let bundle = try UnverifiedBundle.open(
            HostPath(path), identities: identities.asked(onHost: true), search: parts.search(console))
        let root = try newestRoot(bundle.claimed, path, console, session)
        if let digest = allowUnsigned.flatMap({ Digest(hex: $0) }) {
            let keyring = root?.keyring(for: .release) ?? Keyring(keys: [])
            console.warn("the rule that bundles are signed is overridden: \(reason ?? "")")
            return try bundle.proveHead(by: keyring, allowingUnsigned: digest)
        }
        guard let root else { throw HostTrustError.nothingBelieved }
        let head = try bundle.proveHead(by: root.keyring(for: .release))
        try root.allow(head.identity)
        TimeWatch.warn(console, now: SystemClock().wallSeconds(), created: head.manifest.created)
        return head
    }

    private func newestRoot(
        _ claimed: ClaimedHead, _ path: String, _ console: Console, _ session: HostSession?
    ) throws -> TrustRoot? {
        guard let trust = try HostTrust.load() else { return nil }
        let (chain, relation) = try trust.chain.following(claimed.trustLinks)
        switch relation {
        case .none, .known: break
        case .foreign(let numbers):
            // What is older than the first root that this host adopted says nothing to it.
            guard let last = numbers.last, last >= trust.chain.roots[0].root.number else { break }
            console.say(
                "trust roots that the bundle carries (\(numbers.map(String.init).joined(separator: ", "))) do not lead on "
                    + "from root \(trust.chain.newest.root.number), which is believed here; they count for nothing")
        case .advanced(let roots):
            let words = "trust root \(trust.chain.newest.root.number) is followed by \(chain.newest.root.number)"
            defer {
                for change in RootChange.list(from: trust.chain.newest.root, to: chain.newest.root) {
                    console.say("  \(Console.printable(change.words))")
                }
            }
            guard let session else {
                console.say("\(words), which the bundle brings: an installation will keep it")
                break
            }
            try HostTrust.advance(to: roots)
            AuditedAttempt.advanced(words, chain.newest, medium: path, session)
            console.say("\(words), fingerprint \(chain.newest.fingerprint) (\(chain.newest.fingerprint.spoken))")
        }
        return chain.newest.root
    }
}

enum HostTrustError: Error, Equatable {
    case nothingBelieved
    case writableByOthers(path: String)
    /// The files of the trust roots are no chain any more.
    case broken(path: String, String)
}

extension HostTrustError: Explained {
    var explanation: Explanation {
        switch self {
        case .nothingBelieved:
            Explanation(
                "this host believes no key yet, so it can prove no bundle",
                hint: "`bundle trust adopt FILE --fingerprint F`, with both from somewhere else than the bundle",
                status: .refusedByTrust)
        case .writableByOthers(let path):
            Explanation(
                "\(path) is not root's alone, so it is not believed",
                hint: "find out who changed it; then `bundle trust adopt FILE --fingerprint F --replace --reason R`",
                status: .refusedByTrust)
        case .broken(let path, let words):
            Explanation(
                "what this host believes is damaged (\(path)): \(words)",
                hint:
                    "bring the files back from a backup, or `bundle trust adopt FILE --fingerprint F --replace --reason R`",
                status: .refusedByTrust)
        }
    }
}
