// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Reporting
import Trust

struct ReceiptsReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "One table of many hosts: which release, by which root and keys, since when.",
        discussion:
            "Reads what `receipts export` wrote of each host, proves it as `receipts verify` does, and names what is "
            + "missing. A row is a release that was put into service, or taken away.")

    @Argument(help: "A directory that holds those of the hosts.", completion: .directory) var directories: [String]
    @OptionGroup var belief: HostBelief
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let hosts = try JudgedHost.judge(directories, by: try belief.keyring())
        let reports = hosts.map(HostReport.init)
        if console.json {
            console.answer(json: ["hosts": .array(reports.map(\.document))])
        } else {
            console.answer(HostReport.table(reports))
        }
        try JudgedHost.end(hosts)
    }
}

/// What one host's receipts say of its releases.
struct HostReport {
    struct Row {
        let receipt: Receipt
        /// It is the last of its product: what the host runs, as far as it has said.
        let serves: Bool
    }

    let host: JudgedHost
    let rows: [Row]

    init(_ host: JudgedHost) {
        self.host = host
        let told = host.findings.proven.map(\.receipt).filter { receipt in
            receipt.outcome == .good && receipt.subject.product != nil
                && ProvenReceipt.deploying.union(["remove"]).contains(receipt.verb)
        }
        var last: [ReleaseName: Int] = [:]
        for receipt in told { if let product = receipt.subject.product { last[product] = receipt.number } }
        rows = told.map { receipt in
            let isLast = receipt.subject.product.map { last[$0] == receipt.number } ?? false
            return Row(receipt: receipt, serves: isLast && receipt.verb != "remove")
        }
    }

    private var name: String { host.findings.proven.last?.receipt.hostName ?? host.name }

    static func table(_ reports: [HostReport]) -> String {
        var cells = [["host", "", "release", "digest", "what", "root", "keys", "date", "receipt"]]
        for report in reports {
            for row in report.rows { cells.append(report.cells(row)) }
            if report.rows.isEmpty { cells.append([report.name, "", "-", "-", "-", "-", "-", "-", "-"]) }
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        var lines = cells.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        lines.append("* serves, as far as the host has said")
        for report in reports {
            lines += report.host.findings.faults.map {
                "\(Console.line(report.name)): \($0.weight.word)  \(Console.line($0.words))"
            }
        }
        return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }

    private func cells(_ row: Row) -> [String] {
        let receipt = row.receipt
        var release = receipt.subject.product?.text ?? "-"
        if case .release(let identity, _) = receipt.subject {
            release += " \(identity.version) \(identity.arch.rawValue)"
        }
        let keys = receipt.signers.map { String($0.hex.prefix(8)) }
        return [
            Console.line(receipt.hostName), row.serves ? "*" : "", release, receipt.subject.digest?.short ?? "-",
            receipt.verb + ReceiptAnswer.overridden(receipt), receipt.root.map { "\($0.number)" } ?? "-",
            keys.isEmpty ? "-" : keys.joined(separator: ","), UTCTime(receipt.wallSeconds).description,
            ReceiptAnswer.padded(receipt.number),
        ]
    }

    var document: JSONValue {
        let rows: [JSONValue] = rows.map { row in
            ["serves": .bool(row.serves), "receipt": ReceiptAnswer.document(row.receipt)]
        }
        return [
            "host": .string(name), "directory": .string(host.name), "rows": .array(rows),
            "host_keys": .array(
                Set(host.findings.proven.map(\.host.fingerprint)).sorted().map { .string($0.hex) }),
            "findings": host.findingsDocument,
        ]
    }
}
