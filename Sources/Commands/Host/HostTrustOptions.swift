// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostSystem
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

    /// - Throws: `HostTrustError.nothingBelieved`; what proving throws.
    func prove(_ path: String, console: Console) throws -> ProvenHead {
        try FileFault.naming(path) { try proveHead(path, console) }
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

/// What this host believes, as it lies below `/etc/bundle/trust`.
enum HostTrust {
    static let directory: HostPath = "/etc/bundle/trust"

    /// The newest root; nil when none was adopted.
    static func root() throws -> TrustRoot? {
        guard try FileSystem.exists(directory) else { return nil }
        let numbers = try FileSystem.list(directory).compactMap { name in
            name.hasSuffix(".json") ? Int(name.dropLast(5)) : nil
        }
        guard let newest = numbers.max() else { return nil }
        let path = directory / "\(newest).json"
        guard let status = try FileSystem.status(path), status.user == 0, status.permissions & 0o022 == 0 else {
            throw HostTrustError.writableByOthers(path: path.text)
        }
        return try TrustRoot.decode(FileSystem.readAll(path, limit: Limits.trustRootBytes))
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
