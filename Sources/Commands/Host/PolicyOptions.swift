// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Reporting
import Trust

/// What an operator brings for the host's policy, and what of it is overridden.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "An approval's signature, or a directory of them; those beside the bundle are found. More than once.",
            valueName: "path"), completion: .file())
    var approval: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A directory of receipts that another host exported, where the policy asks for one. More than once.",
            valueName: "directory"), completion: .directory)
    var receipts: [String] = []

    @Option(
        name: .customLong("override"),
        help: ArgumentHelp(
            "A rule of the policy that does not count this once: "
                + PolicyRule.allCases.map(\.rawValue).joined(separator: ", ") + ". More than once, with --reason.",
            valueName: "rule"))
    var overrides: [PolicyRule] = []
}

extension PolicyRule: ExpressibleByArgument {}
