// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Reporting
import Trust

struct ReceiptsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove receipts that were carried out of hosts, and their audit logs.",
        discussion:
            "Every signature, the chain of the receipts, the chain of the log, and that the log is the one that each "
            + "receipt saw. Ends with 12 when evidence is missing, 3 when something was not said by the host, 65 when "
            + "something is no receipt.")

    @Argument(help: "What `receipts export` wrote, or a stick with several of them.", completion: .directory)
    var directories: [String]
    @OptionGroup var belief: HostBelief
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let hosts = try JudgedHost.judge(directories, by: try belief.keyring())
        if console.json {
            console.answer(json: ["hosts": .array(hosts.map(\.document))])
        } else {
            for host in hosts { console.answer(host.text) }
        }
        try JudgedHost.end(hosts)
    }
}

/// What was carried out of one host, judged.
struct JudgedHost {
    let name: String
    let findings: ReceiptFindings

    static func judge(_ directories: [String], by keyring: Keyring) throws -> [JudgedHost] {
        var all: [(name: String, findings: ReceiptFindings)] = []
        for path in directories {
            for found in try CarriedDirectory.find(HostPath(path)) {
                all.append((found.name, try FileFault.naming(found.name) { try found.read().judge(by: keyring) }))
            }
        }
        ReceiptFindings.addForks(&all)
        return all.map { JudgedHost(name: $0.name, findings: $0.findings) }
    }

    /// - Throws: `ReceiptsError.findings`.
    static func end(_ hosts: [JudgedHost]) throws {
        let faults = hosts.flatMap(\.findings.faults)
        if let worst = faults.map(\.weight).max() { throw ReceiptsError.findings(worst, faults: faults.count) }
    }

    private var newest: Receipt? { findings.proven.last?.receipt }

    var text: String {
        let keys = Set(findings.proven.map(\.host.fingerprint)).sorted().map { "\($0) (\($0.spoken))" }
        var lines = [
            "\(Console.line(name)): \(newest.map { "host \(Console.line($0.hostName))" } ?? "no receipt is proven")",
            "  receipts  \(findings.proven.count) proven, by \(keys.isEmpty ? "nobody" : keys.joined(separator: ", "))",
            "  log       \(findings.entries.count) entries, the last receipt saw line \(newest?.log.lines ?? 0)",
        ]
        lines += findings.faults.map { "  \($0.weight.word)  \(Console.line($0.words))" }
        lines += findings.foreign.prefix(20).map { "  not looked at: \(Console.line($0))" }
        return lines.joined(separator: "\n")
    }

    var document: JSONValue {
        [
            "directory": .string(name), "host": newest.map { .string($0.hostName) } ?? .null,
            "receipts": .array(findings.proven.map { ReceiptAnswer.document($0.receipt) }),
            "log_entries": .integer(Int64(findings.entries.count)), "findings": findingsDocument,
        ]
    }

    var findingsDocument: JSONValue {
        .array(
            findings.faults.map { ["kind": .string($0.weight.word.trimmed), "words": .string(Console.line($0.words))] })
    }
}

extension String {
    fileprivate var trimmed: String { String(prefix { $0 != " " }) }
}
