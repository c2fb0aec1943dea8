// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "What this host believes.",
        subcommands: [TrustAdoptCommand.self, TrustShowCommand.self])
}
