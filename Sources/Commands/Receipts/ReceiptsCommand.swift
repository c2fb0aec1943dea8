// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct ReceiptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "Signed records of what hosts did: list, carry out, prove, report.",
        subcommands: [
            ReceiptsListCommand.self, ReceiptsExportCommand.self, ReceiptsVerifyCommand.self,
            ReceiptsReportCommand.self,
        ])
}
