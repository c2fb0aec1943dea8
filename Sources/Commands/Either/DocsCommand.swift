// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading

struct DocsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "List the documents of a bundle, or print one, after proving it.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @Argument(help: "A document, like docs/UPGRADE.md or UPGRADE.md.") var document: String?
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, _) = try trust.prove(bundle, console: console)
        let names = head.bodyMembers.map(\.member).filter { !$0.isPack }
        guard let document else {
            let list = names.map(\.description)
            if console.json {
                console.answer(bytes: CanonicalJSON.write(["documents": .array(list.map { .string($0) })]))
            } else {
                console.answer(list.isEmpty ? "this bundle has no documents" : list.joined(separator: "\n"))
            }
            return
        }
        guard let name = names.first(where: { [document, "docs/" + document].contains($0.description) }) else {
            throw BundleError.noSuchMember(document)
        }
        let bytes = try head.readMember(name)
        if console.json {
            let text = String(decoding: bytes, as: UTF8.self)
            console.answer(bytes: CanonicalJSON.write(["document": .string(name.description), "text": .string(text)]))
        } else if Console.answersToTerminal {
            // A document must not steer the terminal that shows it; a file or a pipe gets the bytes as they are.
            console.answer(Console.printable(String(decoding: bytes, as: UTF8.self)))
        } else {
            console.answer(bytes: bytes)
        }
    }
}
