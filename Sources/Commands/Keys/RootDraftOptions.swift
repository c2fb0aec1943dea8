// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

/// What a trust root is to say.
struct RootDraftOptions: ParsableArguments {
    @Option(
        name: .customLong("root"),
        help: ArgumentHelp("A key that signs trust roots; more than once.", valueName: "pub"),
        completion: .file())
    var rootKeys: [String] = []
    @Option(
        name: .customLong("release"), help: ArgumentHelp("A key that signs releases.", valueName: "pub"),
        completion: .file())
    var releaseKeys: [String] = []
    @Option(
        name: .customLong("approve"), help: ArgumentHelp("A key that approves releases.", valueName: "pub"),
        completion: .file())
    var approvalKeys: [String] = []
    @Option(
        name: .customLong("host"), help: ArgumentHelp("A host's key, for its receipts.", valueName: "pub"),
        completion: .file())
    var hostKeys: [String] = []
    @Option(
        help: ArgumentHelp(
            "How many keys of a role must agree, like root=2. Else more than half of the root keys, and one of the others.",
            valueName: "role=n"))
    var threshold: [String] = []
    @Option(help: ArgumentHelp("A key that has no role from now on, by its fingerprint.", valueName: "fingerprint"))
    var drop: [String] = []
    @Option(help: ArgumentHelp("Let in nothing older of this product.", valueName: "name=version"))
    var minimum: [String] = []
    @Option(help: ArgumentHelp("Past it hosts warn: 2027-01-31T00:00:00Z, or none.", valueName: "time"))
    var bestBefore: String?
    @Option(help: "Where the trust roots of the project are.", completion: .directory) var directory = "keys/trust"

    func draft() throws -> RootDraft {
        var draft = RootDraft()
        for (role, files) in [
            (Role.root, rootKeys), (.release, releaseKeys), (.approve, approvalKeys), (.host, hostKeys),
        ] {
            for file in files {
                let path = HostPath(file)
                let stem = path.name.hasSuffix(".pub") ? String(path.name.dropLast(4)) : path.name
                draft.additions.append(
                    RootDraft.Addition(
                        role: role, key: try KeyFiles.publicKey(path), name: Grammar.isLine(stem) ? stem : nil))
            }
        }
        draft.dropped = Set(try drop.map(RootDraftOptions.fingerprint))
        for text in threshold {
            let (name, value) = try RootDraftOptions.pair(text)
            guard let role = Role(rawValue: name), let number = Int(value) else {
                throw KeyError.badRoleThreshold(text)
            }
            draft.thresholds[role] = number
        }
        for text in minimum {
            let (name, value) = try RootDraftOptions.pair(text)
            draft.minimumVersions[name] = Version(value)?.description ?? value
        }
        draft.bestBefore = bestBefore.map { $0 == "none" ? "" : $0 }
        return draft
    }

    static func fingerprint(_ text: String) throws -> KeyFingerprint {
        guard let found = KeyFingerprint(typed: text) else { throw KeyError.badFingerprint(text) }
        return found
    }

    private static func pair(_ text: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw ValidationError("`\(text)` is not of the form NAME=VALUE") }
        return (parts[0], parts[1])
    }
}

/// Writes the next root of a project, for its holders to sign.
struct RootDrafting {
    let directory: TrustDirectory

    /// - Returns: what was written, and the root before it.
    /// - Throws: `KeyError.unsignedRoot` while the newest one waits for signatures: a second draft beside it could be signed
    ///   by mistake.
    func write(_ draft: RootDraft) throws -> (next: TrustChain.Believed, before: TrustRoot?) {
        let links = try directory.links()
        let before = try project(links)
        try check(draft, links, before)
        let next: TrustRoot
        do {
            next = try draft.root(after: before)
        } catch TrustError.badTrustRoot(let fault) {
            // Not a file that somebody tampered with: what was asked for on the command line.
            throw KeyError.badDraft(fault)
        }
        if let before {
            var same = before
            same.number = next.number
            guard same != next else { throw KeyError.nothingChanges(root: before.number) }
        }
        let link = TrustLink(number: next.number, bytes: try next.encode(), signatures: [])
        try FileSystem.createDirectories(directory.path)
        try directory.write(link)
        return (try TrustChain(vouched: link).newest, before)
    }

    /// A slip of the pen in 32 digits must not be signed by three people.
    private func check(_ draft: RootDraft, _ links: [TrustLink], _ before: TrustRoot?) throws {
        let past = try links.flatMap { try TrustRoot.decode($0.bytes).keys.keys }
        for key in draft.revoked.sorted() where !past.contains(key.hex) {
            throw KeyError.unknownKey(key, root: before?.number ?? 0)
        }
        for key in draft.dropped.sorted() where before?.keys[key.hex] == nil {
            throw KeyError.unknownKey(key, root: before?.number ?? 0)
        }
        let dead = Set(before?.revoked ?? []).union(draft.revoked.map(\.hex))
        for addition in draft.additions where dead.contains(addition.key.fingerprint.hex) {
            throw KeyError.revokedKey(addition.key.fingerprint, root: before?.number ?? 0)
        }
    }

    /// The newest root, held by all before it.
    private func project(_ links: [TrustLink]) throws -> TrustRoot? {
        do {
            let chain = try TrustChain.kept(links)
            try chain?.checkOwnSignatures()
            return chain?.newest.root
        } catch {
            if case .rootThresholdNotMet(let root, _, _, _) = error, root == links.last?.number {
                throw KeyError.unsignedRoot(path: directory.rootPath(root).text)
            }
            throw KeyError.file(path: directory.path.text, error)
        }
    }
}
