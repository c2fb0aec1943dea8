// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct SecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "The secrets of a product on this host.",
        subcommands: [SecretSetCommand.self])
}
