// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleSpecs
import Bundler
import HostSystem
import YAMLDocuments

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check a spec and the files that it names; every problem at once.",
        discussion: "Each line begins with file:line:column. Templates and values are checked when the spec is right.")

    @Argument(help: "The spec.", completion: .file()) var spec = "bundle.yaml"
    @Flag(help: "Check the spec alone, before what it names is built.") var specOnly = false
    @OptionGroup var answer: OutputOptions

    func run() throws {
        let console = answer.console
        let path = HostPath(spec)
        guard try FileSystem.exists(path) else { throw SpecFileError.missing(path.text) }
        let bytes = try FileSystem.readAll(path, limit: YAMLDocument.limitBytes)
        let (spec, problems) = BundleSpec.examine(try YAMLDocument.parse(bytes, file: path.text))
        var findings = problems.map(LintFinding.init)
        if let spec, !specOnly { findings += try LintCommand.findings(in: spec, directory: path.parent) }
        console.json ? console.answer(json: LintFinding.document(findings)) : say(findings, spec, console)
        if findings.contains(where: { !$0.isAdvice }) { throw ExitStatus.specWrong }
    }

    private func say(_ findings: [LintFinding], _ spec: BundleSpec?, _ console: Console) {
        for finding in findings { console.answer(Console.printable(finding.line)) }
        guard let spec, !findings.contains(where: { !$0.isAdvice }) else { return }
        let services = spec.services.count == 1 ? "1 service" : "\(spec.services.count) services"
        let arch = spec.arch.map(\.rawValue).joined(separator: ", ")
        let end =
            switch findings.count {
            case 0: "nothing is wrong"
            case 1: "nothing is wrong, 1 warning"
            default: "nothing is wrong, \(findings.count) warnings"
            }
        console.say("\(self.spec): \(spec.name) for \(arch), \(services): \(end)")
    }

    /// What the files say that the spec names, for each architecture.
    private static func findings(in spec: BundleSpec, directory: HostPath) throws -> [LintFinding] {
        var findings: [LintFinding] = []
        for arch in spec.arch {
            do {
                let version = Version(major: 0, minor: 0, patch: 0)
                let recipe = try ReleaseRecipe(spec, version: version, arch: arch, directory: directory)
                let missing = try recipe.missing()
                findings += missing.map(LintFinding.init)
                findings += recipe.unpinned.map {
                    LintFinding(
                        place: $0.place, message: "\($0.path) \($0.fact.words); `bundle pin` writes it", isAdvice: true)
                }
                if missing.isEmpty { try recipe.checkConfiguration() }
            } catch BundlerError.sources(let problems) {
                findings += problems.map(LintFinding.init)
            } catch {
                guard let explanation = Explanation.of(error) else { throw error }
                findings.append(LintFinding(place: nil, message: explanation.message))
            }
        }
        return findings.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

/// One line of what `lint` found.
struct LintFinding: Equatable {
    /// `file:line:column`; nil where the message holds places of its own.
    var place: String?
    var message: String
    /// It works, but hardly as meant.
    var isAdvice = false

    var line: String {
        let text = isAdvice ? "warning: \(message)" : message
        return place.map { "\($0): \(text)" } ?? text
    }

    static func document(_ findings: [LintFinding]) -> JSONValue {
        let problems = findings.map { finding -> JSONValue in
            [
                "advice": .bool(finding.isAdvice), "message": .string(finding.message),
                "place": finding.place.map { .string($0) } ?? .null,
            ]
        }
        return ["problems": .array(problems)]
    }
}

extension LintFinding {
    init(_ problem: SpecProblem) {
        self.init(place: problem.place.description, message: problem.words, isAdvice: problem.isAdvice)
    }

    init(_ problem: SourceProblem) {
        self.init(place: problem.place, message: "\(problem.path) \(problem.fact.words)")
    }
}
