// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Glibc
import HostRecords
import HostSystem
import Reporting

struct ReceiptsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the receipts of this host.",
        discussion: "They are read, not proven: `bundle receipts verify /var/lib/bundle` does that.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        guard geteuid() == 0 else { throw HostVerbError.notRoot(verb: "receipts list") }
        let book = ReceiptBook()
        var rows: [(number: Int, receipt: Receipt?)] = []
        for number in try book.numbers() { rows.append((number, try? Receipt(parsing: book.read(number).receipt))) }
        if console.json {
            let documents = rows.map { row in
                row.receipt.map(ReceiptAnswer.document) ?? ["number": .integer(Int64(row.number)), "readable": false]
            }
            return console.answer(json: ["receipts": .array(documents)])
        }
        guard !rows.isEmpty else { return console.say("this host has no receipts") }
        for row in rows {
            console.answer(
                row.receipt.map(ReceiptAnswer.line) ?? "\(ReceiptAnswer.padded(row.number))  cannot be read")
        }
    }
}
