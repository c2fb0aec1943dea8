// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a bundle holds, after proving what is shown.",
        discussion: "Proves the head: who signed it, what the release is. Packs are not read; `verify` does that.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @Flag(name: .long, help: "List every file of the release with its digest.") var files = false
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, _) = try trust.prove(bundle, console: console)
        let view = HeadView(head)
        if console.json {
            console.answer(bytes: CanonicalJSON.write(try view.json(files: files)))
        } else {
            console.answer(Console.printable(view.text(files: files)))
        }
    }
}
