// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

/// What is said of a trust root, to people and to programs.
struct TrustAnswer {
    let believed: TrustChain.Believed
    let path: String
    /// Of the root before it; nil when that is not at hand.
    let before: TrustRoot?
    private var root: TrustRoot { believed.root }

    init(_ believed: TrustChain.Believed, path: String, before: TrustRoot? = nil) {
        self.believed = believed
        self.path = path
        self.before = before
    }

    var text: String {
        var lines = [
            "trust root    \(root.number)  (\(path))", "fingerprint   \(believed.fingerprint)",
            "spoken        \(believed.fingerprint.spoken)",
        ]
        for role in Role.allCases {
            guard let rule = root.roles[role.rawValue] else { continue }
            lines.append("\(role.rawValue): \(rule.threshold) of \(rule.keys.count)")
            for hex in rule.keys {
                guard let fingerprint = KeyFingerprint(hex: hex) else { continue }
                let name = root.keys[hex]?.name.map { "  \($0)" } ?? ""
                lines.append("  \(hex)  \(fingerprint.spoken)\(name)" + (root.revoked.contains(hex) ? "  REVOKED" : ""))
            }
        }
        for hex in root.revoked { lines.append("revoked: \(hex)") }
        for (name, version) in root.minimumVersions.sorted(by: { $0.key < $1.key }) {
            lines.append("oldest \(name) that is let in: \(version)")
        }
        if let date = root.bestBefore { lines.append("best before: \(date)") }
        if let before {
            let changes = RootChange.list(from: before, to: root).map { "  \($0.words)" }
            lines += ["since trust root \(before.number):"] + (changes.isEmpty ? ["  nothing changes"] : changes)
        }
        return Console.printable((lines + signatures).joined(separator: "\n"))
    }

    /// Who has signed it, by the roots that are at hand.
    var signatures: [String] {
        if root.isOfOneKey { return ["signatures: none are needed for a root of one key"] }
        let judges = (before.map { [($0, "root \($0.number)")] } ?? []) + [(root, "its own")]
        let isComplete = judges.allSatisfy {
            $0.0.rootSigners(of: believed.link).count >= $0.0.keyring(for: .root).threshold
        }
        return judges.map { count(by: $0.0, $0.1) }
            + [isComplete ? "complete: hosts will follow it" : "not complete: no host takes it yet"]
    }

    private func count(by other: TrustRoot, _ whose: String) -> String {
        let signers = other.rootSigners(of: believed.link)
        let needed = other.keyring(for: .root).threshold
        let list =
            signers.isEmpty
            ? ""
            : ": "
                + signers.map {
                    $0.hex + (other.keys[$0.hex]?.name.map { " (\($0))" } ?? "")
                }.joined(separator: ", ")
        return "signed by \(signers.count) of the \(needed) keys of \(whose) that must\(list)"
    }

    var json: JSONValue {
        [
            "digest": .string(believed.digest.hex), "file": .string(path),
            "fingerprint": .string(believed.fingerprint.hex), "number": .integer(Int64(root.number)),
            "root": (try? StrictJSON.parse(believed.link.bytes)) ?? .null,
            "signers": .array(root.rootSigners(of: believed.link).map { .string($0.hex) }),
            "signers_before": before.map { other in
                .array(other.rootSigners(of: believed.link).map { .string($0.hex) })
            } ?? .null, "spoken": .string(believed.fingerprint.spoken),
        ]
    }
}
