// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make and look at keys; they are minisign's files.",
        subcommands: [KeyGenerateCommand.self, KeyShowCommand.self, KeyPasswordCommand.self])
}
