// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Trust

struct TrustCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Draft the project's first trust root, or the next one.",
        discussion:
            "The next one says what the newest says, with what is given here changed. It counts once the root keys "
            + "of both have signed it: `bundle trust sign`. Every bundle carries all of them from then on.")

    @OptionGroup var options: RootDraftOptions
    @OptionGroup var answers: OutputOptions

    func run() async throws {
        let directory = TrustDirectory(path: HostPath(options.directory))
        let (next, before) = try RootDrafting(directory: directory).write(options.draft())
        TrustCreateCommand.give(next, before, directory, answers.console)
    }

    static func give(
        _ next: TrustChain.Believed, _ before: TrustRoot?, _ directory: TrustDirectory, _ console: Console
    ) {
        let path = directory.rootPath(next.root.number).text
        let answer = TrustAnswer(next, path: path, before: before)
        guard !console.json else { return console.answer(json: answer.json) }
        console.answer(answer.text)
        if !next.root.isOfOneKey { console.say("now the holders of the root keys: bundle trust sign \(path) --key K") }
    }
}
