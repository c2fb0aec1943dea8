// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import YAMLDocuments

extension BundleSpec {
    /// Decodes the whole grammar.
    ///
    /// - Throws: everything that is wrong, in the order of the text.
    package static func decode(_ node: YAMLNode) throws(SpecProblems) -> BundleSpec {
        let (spec, problems) = examine(node)
        guard let spec else { throw SpecProblems(problems) }
        return spec
    }

    /// The same, with the advice that a spec may get although it works.
    ///
    /// - Returns: every problem, in the order of the text; the spec is nil unless all of them are advice.
    package static func examine(_ node: YAMLNode) -> (spec: BundleSpec?, problems: [SpecProblem]) {
        let ledger = ProblemLedger()
        let spec = SpecDecoder(node, ledger).decode()
        let problems = ledger.problems.sorted()
        return (problems.allSatisfy(\.isAdvice) ? spec : nil, problems)
    }
}

/// Decodes the document's own keys; what has many keys of its own has a decoder beside this one.
struct SpecDecoder {
    let root: Section
    let declared: Declarations
    let ledger: ProblemLedger

    init(_ node: YAMLNode, _ ledger: ProblemLedger) {
        root = Section(node, .root, path: "", ledger, fallback: node.place)
        declared = Declarations(root)
        self.ledger = ledger
    }

    /// nil when a name or an architecture is missing, which has then been reported.
    func decode() -> BundleSpec? {
        _ = root.integer("spec", BundleSpec.currentGrammar...BundleSpec.currentGrammar)
        let name = root.text("name", .name).flatMap { ReleaseName($0) }
        let arch = architectures()
        var spec = name.map { BundleSpec(name: $0, arch: arch) }
        let summary = root.text("summary")
        let requires = requirements()
        let binaries = binaries()
        let files = files()
        let images = images(arch)
        let values = root.section("values", .values)
        let sources = ValueSources(defaults: values.path("defaults"), schema: values.path("schema"))
        let secrets = secrets()
        let config = config()
        let cutover = cutover()
        let services = services(cutover)
        let jobs = jobs(services)
        checkPlaces(services, config)
        let docs = docs()
        LaterDecoder(root: root, ledger: ledger).check()
        spec?.summary = summary
        spec?.requires = requires
        spec?.binaries = binaries
        spec?.files = files
        spec?.images = images
        spec?.values = sources
        spec?.secrets = secrets
        spec?.config = config
        spec?.cutover = cutover
        spec?.services = services
        spec?.jobs = jobs
        spec?.roles = names("roles")
        spec?.networks = names("networks")
        spec?.docs = docs
        return spec
    }

    /// What `uname -m` says where Debian says another word.
    private static let kernelNames: [String: Architecture] = ["x86_64": .amd64, "aarch64": .arm64]

    private func architectures() -> [Architecture] {
        let texts = root.texts("arch")
        if root["arch"]?.sequence?.isEmpty == true {
            root.report("arch", .contradiction(path: "arch", .noneGiven(Architecture.allCases.map(\.rawValue))))
        }
        return texts.compactMap { text, place in
            if let arch = Architecture(rawValue: text) { return arch }
            let names = Architecture.allCases.map(\.rawValue)
            let nearest = SpecDecoder.kernelNames[text]?.rawValue ?? NearestName.of(text, among: names)
            ledger.report(place, .unknownReference(.architecture, name: text, nearest: nearest))
            return nil
        }
    }

    private func requirements() -> Requirements {
        let section = root.section("requires", .requires)
        let host = section.section("host", .host)
        return Requirements(
            bundle: section.lowerBound("bundle", SpecDecoder.version),
            upgradeFrom: section.lowerBound("upgrade-from", SpecDecoder.version),
            systemd: host.lowerBound("systemd") { Grammar.decimal($0.utf8).map(Int.init) },
            kernel: host.lowerBound("kernel") { text in
                let parts = text.split(separator: ".", omittingEmptySubsequences: false)
                return parts.allSatisfy { Grammar.decimal($0.utf8) != nil } ? String(text) : nil
            },
            commands: host.texts("commands").map(\.text), units: host.texts("units").map(\.text),
            memory: host.bytes("memory"))
    }

    /// `1`, `1.2` and `1.2.3`; what is left out is 0.
    private static func version(_ text: Substring) -> Version? {
        let dots = text.prefix { $0 != "-" && $0 != "+" }.filter { $0 == "." }.count
        guard dots < 2 else { return Version(text) }
        guard text.allSatisfy({ $0 == "." || $0.isNumber }) else { return nil }
        return Version(text + (dots == 1 ? ".0" : ".0.0"))
    }

    private func docs() -> DocumentSources {
        let section = root.section("docs", .docs)
        let more = section.elements("more").compactMap { SourcePath.decode($0, "docs.more", ledger) }
        return DocumentSources(upgrade: section.path("upgrade"), changelog: section.path("changelog"), more: more)
    }

    private func cutover() -> CutoverSettings {
        let section = root.section("cutover", .cutover)
        _ = section.choice("promote", Promotion.self)
        var settings = CutoverSettings()
        settings.healthTimeout = section.span("health-timeout", least: 1000) ?? settings.healthTimeout
        settings.bake = section.span("bake") ?? settings.bake
        settings.drain = section.span("drain") ?? settings.drain
        return settings
    }

    private enum Promotion: String, CaseIterable {
        case automatic, manual
    }
}
