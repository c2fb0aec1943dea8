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

    @Option(name: .long, help: "Why the rule is overridden; it is written to the audit log for ever.")
    var reason: String?

    func validate() throws {
        guard allowUnsigned != nil else { return }
        guard allowUnsigned.flatMap({ Digest(hex: $0) }) != nil else {
            throw ValidationError("--allow-unsigned takes the 64 hexadecimal digits that `sha256sum SHA256SUMS` prints")
        }
        guard let reason, !reason.isEmpty else { throw ValidationError("--allow-unsigned needs --reason") }
    }

    /// What is written to the audit log.
    var override: AuditEntry.Override? {
        allowUnsigned.map { AuditEntry.Override(rule: "bundles are signed: \($0)", reason: reason ?? "") }
    }

    /// - Throws: `HostTrustError.nothingBelieved`; what proving throws.
    func prove(_ path: String, console: Console) throws -> ProvenHead {
        try FileFault.naming(path) { try proveHead(path, console) }
    }

    /// Judges signatures that were kept on this host, as `prove` judges those of a bundle.
    func judge(
        _ checksums: [UInt8], _ signatures: [NamedSignature], _ identity: ReleaseIdentity, _ console: Console
    ) throws -> SignatureVerdict {
        let root = try HostTrust.root()
        if let digest = allowUnsigned.flatMap({ Digest(hex: $0) }) {
            console.warn("the rule that bundles are signed is overridden: \(reason ?? "")")
            return try (root?.keyring(for: .release) ?? Keyring(keys: [])).judge(
                signed: checksums, signatures: signatures, release: identity, allowingUnsigned: digest)
        }
        guard let root else { throw HostTrustError.nothingBelieved }
        let verdict = try root.keyring(for: .release).judge(
            signed: checksums, signatures: signatures, release: identity)
        try root.allow(identity)
        return verdict
    }

    private func proveHead(_ path: String, _ console: Console) throws -> ProvenHead {
        let bundle = try UnverifiedBundle.open(HostPath(path))
        let root = try HostTrust.root()
        if let digest = allowUnsigned.flatMap({ Digest(hex: $0) }) {
            let keyring = root?.keyring(for: .release) ?? Keyring(keys: [])
            console.warn("the rule that bundles are signed is overridden: \(reason ?? "")")
            return try bundle.proveHead(by: keyring, allowingUnsigned: digest)
        }
        guard let root else { throw HostTrustError.nothingBelieved }
        let head = try bundle.proveHead(by: root.keyring(for: .release))
        try root.allow(head.identity)
        return head
    }
}

enum HostTrustError: Error, Equatable {
    case nothingBelieved
    case writableByOthers(path: String)
}

extension HostTrustError: Explained {
    var explanation: Explanation {
        switch self {
        case .nothingBelieved:
            Explanation(
                "this host believes no key yet, so it can prove no bundle",
                hint: "`bundle trust adopt KEY.pub --fingerprint F`, with both from somewhere else than the bundle",
                status: .refusedByTrust)
        case .writableByOthers(let path):
            Explanation(
                "\(path) is not root's alone, so it is not believed", hint: "find out who changed it, then adopt again",
                status: .refusedByTrust)
        }
    }
}
