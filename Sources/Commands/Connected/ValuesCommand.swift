// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import Configuration

struct ValuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "values", abstract: "Print a site's values.yaml to begin with, and the secrets it needs.",
        discussion: "Commented lines show defaults; what is required and has none stands open.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, _) = try trust.prove(bundle, console: console)
        let release = try ReleaseValues(head)
        let text = SiteValuesSkeleton.text(
            manifest: release.manifest, defaults: release.defaults?.value, schema: release.schema)
        guard console.json else { return console.answer(Console.printable(text)) }
        let secrets = release.manifest.secrets.sorted { $0.key < $1.key }.map { id, secret in
            ["id": .string(id), "required": .bool(secret.required)] as JSONValue
        }
        console.answer(json: ["skeleton": .string(text), "secrets": .array(secrets)])
    }
}
