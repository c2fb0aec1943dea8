// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make and look at keys: minisign's to sign with, age's to open what is encrypted.",
        subcommands: [
            KeyGenerateCommand.self, KeyIdentityCommand.self, KeyShowCommand.self, KeyImportCommand.self,
            KeyPasswordCommand.self, KeyHostCommand.self,
        ])
}
