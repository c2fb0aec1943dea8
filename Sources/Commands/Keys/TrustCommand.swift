// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Whom hosts believe: trust roots.",
        subcommands: [
            TrustCreateCommand.self, TrustAdoptCommand.self, TrustShowCommand.self, TrustSignCommand.self,
            TrustUpdateCommand.self, TrustRevokeCommand.self,
        ])
}
