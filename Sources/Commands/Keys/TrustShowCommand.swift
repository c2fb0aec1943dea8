// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

struct TrustShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the newest trust root of this host.")

    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let console = answers.console
        guard let newest = try HostTrust.numbers().last else { throw KeyError.nothingAdopted }
        let path = HostTrust.path(newest)
        let bytes = try FileSystem.readAll(path, limit: Limits.trustRootBytes)
        let root: TrustRoot
        do {
            root = try TrustRoot.decode(bytes)
        } catch {
            throw KeyError.file(path: path.text, error)
        }
        // The file is the document: one spelling, made for programs.
        console.json ? console.answer(bytes: bytes) : console.answer(TrustShowCommand.text(root))
    }

    static func text(_ root: TrustRoot) -> String {
        var lines = ["trust root \(root.number)"]
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
        return lines.joined(separator: "\n")
    }
}
