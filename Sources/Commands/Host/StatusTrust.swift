// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import HostRecords
import Trust

/// What `status` says of whom this host believes: its newest trust root, whether its policy can be read, and who signed what
/// serves. No file of a release is hashed: that is `audit`.
struct StatusTrust {
    /// nil when nothing was adopted, or when it cannot be read.
    let root: TrustRoot?
    /// What will turn the next bundle away, one line each.
    let warnings: [String]

    /// - Parameters: what reads them on this host.
    init(
        trust: () throws -> TrustRoot? = { try HostTrust.load()?.chain.newest.root },
        policy: () throws -> HostPolicy = PolicyFile.load
    ) {
        var warnings: [String] = []
        func note(_ error: any Error) {
            let line = Explanation.orPlain(error).firstLine ?? ""
            warnings.append("\(line); until that is mended no release can come in")
        }
        var root: TrustRoot?
        do { root = try trust() } catch { note(error) }
        do { _ = try policy() } catch { note(error) }
        self.root = root
        self.warnings = warnings
    }

    enum Signers: Equatable {
        case believed([KeyFingerprint])
        /// By the newest trust root; it was let in by its digest, or the keys were revoked since.
        case nobody
        case unreadable(String)
        /// Whom the host believes cannot be read, or is nobody.
        case unknown
    }

    /// Whose signatures hold by the newest trust root, of those that were kept with the release that serves.
    func signers(of active: ActiveRelease, _ layout: HostLayout) -> Signers {
        guard let root else { return .unknown }
        let held = HeldRelease(version: active.version, digest: active.digest, directory: active.directory)
        do {
            let verdict = try held.prove(layout) { list, signatures, release in
                try root.keyring(for: .release).judge(signed: list, signatures: signatures, release: release)
            }
            return .believed(verdict.established.map(\.fingerprint))
        } catch is TrustError {
            return .nobody
        } catch {
            return .unreadable(Explanation.orPlain(error).firstLine ?? "")
        }
    }

    var text: String {
        let words = root.map { "trust root \($0.number) is believed here" } ?? "no trust root is believed here"
        return (["host: \(words)"] + warnings.map { "  warning: \($0)" }).joined(separator: "\n") + "\n"
    }

    var json: JSONValue {
        [
            "trust_root": root.map { .integer(Int64($0.number)) } ?? .null,
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }
}
