// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration
import HostSystem

/// Checks values, schema and templates of a release before there is any site, so that a misspelt name is found where it
/// was made and not in a maintenance window.
struct ConfigurationCheck {
    private static let maximumBytes = TemplateRenderer.maximumTemplateBytes

    private let manifest: Manifest
    private let sources: [ReleasePath: HostPath]

    /// - Parameter sources: where the files of the tree come from that are looked at.
    init(_ manifest: Manifest, sources: [ReleasePath: HostPath]) {
        self.manifest = manifest
        self.sources = sources
    }

    /// Files of the tree that are looked at.
    static func paths(in manifest: Manifest) -> Set<ReleasePath> {
        let values = [manifest.values.defaults, manifest.values.schema].compactMap(\.self)
        return Set(manifest.config.values.map(\.template) + values)
    }

    /// - Throws: `ConfigurationError` with everything that is wrong of one kind, `YAMLError`, `SystemCallError`.
    func run() throws {
        let defaults = try document(manifest.values.defaults)
        let schema = try document(manifest.values.schema).map { try ValueSchema($0.value) }
        if let defaults { try check(defaults, schema) }
        let problems = try templateProblems(.values(defaults: defaults?.value, schema: schema))
        guard problems.isEmpty else { throw ConfigurationError.template(problems) }
        let patterns = patternProblems()
        guard patterns.isEmpty else { throw ConfigurationError.patterns(patterns) }
    }

    /// What a site must give is missing in the defaults by intent; all else that they say has to fit.
    private func check(_ defaults: ValueDocument, _ schema: ValueSchema?) throws {
        var layers = ValueLayers()
        layers.add(defaults)
        do throws(ConfigurationError) {
            _ = try layers.checked(against: schema)
        } catch {
            guard case .values(let problems) = error else { throw error }
            let wrong = problems.filter { !ConfigurationCheck.isMissing($0.violation.fault) }
            guard wrong.isEmpty else { throw ConfigurationError.values(wrong) }
        }
    }

    private static func isMissing(_ fault: ValueViolation.Fault) -> Bool {
        switch fault {
        case .missing: return true
        default: return false
        }
    }

    private func templateProblems(_ values: KnownNames.Shape) throws -> [TemplateProblem] {
        var problems: [TemplateProblem] = []
        func check(_ text: String, _ place: String, _ names: KnownNames) {
            problems += TemplateRenderer.problems(in: Array(text.utf8), file: place, names: names)
        }
        let nobody = KnownNames(manifest: manifest, values: values, service: nil)
        for (id, secret) in manifest.secrets.sorted(by: { $0.key < $1.key }) {
            for (index, name) in (secret.certificate?.names ?? []).enumerated() {
                check(name, "secrets.\(id).names[\(index)]", nobody)
            }
        }
        for (name, config) in manifest.config.sorted(by: { $0.key < $1.key }) {
            let owner = TemplateContext.owner(ofConfig: name, in: manifest)
            var shared = KnownNames(manifest: manifest, values: values, service: owner)
            shared.allowsSecrets = config.isSensitive
            let checking = KnownNames(manifest: manifest, values: values, service: owner, isCheck: true)
            if let source = sources[config.template] {
                let bytes = try FileSystem.readAll(source, limit: ConfigurationCheck.maximumBytes)
                problems += TemplateRenderer.problems(in: bytes, file: source.text, names: shared)
            }
            for (index, argument) in config.check.enumerated() {
                check(argument, "config.\(name).check[\(index)]", checking)
            }
        }
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key }) {
            let own = KnownNames(manifest: manifest, values: values, service: name)
            for (index, argument) in service.run.enumerated() { check(argument, "services.\(name).run[\(index)]", own) }
            for (key, value) in service.environment.sorted(by: { $0.key < $1.key }) {
                check(value, "services.\(name).env.\(key)", own)
            }
            for (index, health) in service.health.enumerated() {
                guard case .exec(let command) = health.probe else { continue }
                for argument in command { check(argument, "services.\(name).health[\(index)].exec", own) }
            }
        }
        for (name, job) in manifest.jobs.sorted(by: { $0.key < $1.key }) {
            let own = KnownNames(manifest: manifest, values: values, service: job.like)
            for (index, argument) in job.run.enumerated() { check(argument, "jobs.\(name).run[\(index)]", own) }
            for (key, value) in job.environment.sorted(by: { $0.key < $1.key }) {
                check(value, "jobs.\(name).env.\(key)", own)
            }
        }
        return problems
    }

    private func patternProblems() -> [PatternProblem] {
        manifest.services.sorted { $0.key < $1.key }.flatMap { name, service in
            service.health.enumerated().compactMap { index, check in
                guard case .log(let source, _, _) = check.probe else { return nil }
                do throws(PatternFault) {
                    _ = try Pattern(source)
                    return nil
                } catch {
                    return PatternProblem(place: "services.\(name).health[\(index)].log", source: source, fault: error)
                }
            }
        }
    }

    private func document(_ path: ReleasePath?) throws -> ValueDocument? {
        guard let path, let source = sources[path] else { return nil }
        return try ValueDocument(
            try FileSystem.readAll(source, limit: ConfigurationCheck.maximumBytes), file: source.text)
    }
}
