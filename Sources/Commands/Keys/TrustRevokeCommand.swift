// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

struct TrustRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Draft the next trust root, in which keys count for nothing any more.",
        discussion:
            "What they have signed, and will sign, is refused by every host that this root reaches: in a bundle, or "
            + "by `bundle trust update`. A revoked key never comes back. Give its successor in the same breath, with "
            + "--release or --root.")

    @Argument(help: "Fingerprints: 32 hexadecimal digits, or the eight words.") var keys: [String]
    @OptionGroup var options: RootDraftOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let directory = TrustDirectory(path: HostPath(options.directory))
        guard try directory.links().last != nil else { throw KeyError.noRoots(path: options.directory) }
        var draft = try options.draft()
        draft.revoked = Set(try keys.map(RootDraftOptions.fingerprint))
        let (next, before) = try RootDrafting(directory: directory).write(draft)
        TrustCreateCommand.give(next, before, directory, answers.console)
    }
}
