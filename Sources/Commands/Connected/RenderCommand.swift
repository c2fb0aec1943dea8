// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import Configuration
import Installer

struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Preview the config files that a host would render.",
        discussion: "Addresses and paths are those of a made-up host with every secret present.")

    @Option(name: .long, help: "A site's values; may be given again, later files win.", completion: .file())
    var values: [String] = []
    @Option(
        name: .long, help: "YAML with name, address, cpus and memory of the machine to preview.", completion: .file())
    var facts: String?
    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @Argument(help: "Only this config file, as its bytes alone.") var name: String?
    @OptionGroup var trust: ReaderTrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let (head, _) = try trust.prove(bundle, console: console)
        let files = try rendered(try ReleaseValues(head))
        if let name {
            guard let bytes = files.first(where: { $0.name == name })?.bytes else {
                throw ValidationError("the release has no config file \(name)")
            }
            return console.answer(bytes: bytes)
        }
        if console.json {
            let members = files.map { JSONValue.Member($0.name, .string(String(decoding: $0.bytes, as: UTF8.self))) }
            return console.answer(json: ["config": .object(members)])
        }
        for file in files {
            console.answer("# ---- \(file.name)")
            console.answer(Console.printable(String(decoding: file.bytes, as: UTF8.self)))
        }
    }

    private func rendered(_ release: ReleaseValues) throws -> [(name: String, bytes: [UInt8])] {
        let site = try release.values(under: values)
        let facts = release.previewFacts(of: try PreviewMachine.read(self.facts))
        var files: [(name: String, bytes: [UInt8])] = []
        var problems: [TemplateProblem] = []
        for (name, config) in release.manifest.config.sorted(by: { $0.key < $1.key }) {
            let owner = TemplateContext.owner(ofConfig: name, in: release.manifest)
            let context = TemplateContext.make(manifest: release.manifest, values: site, service: owner, slot: facts)
            let template = try release.source.read(config.template)
            do throws(ConfigurationError) {
                files.append(
                    (
                        name,
                        try TemplateRenderer.render(
                            template, file: name, context: context,
                            secrets: config.isSensitive ? .placeholders : .refused)
                    ))
            } catch {
                if case .template(let found) = error { problems += found }
            }
        }
        guard problems.isEmpty else { throw ConfigurationError.template(problems) }
        return files
    }
}
