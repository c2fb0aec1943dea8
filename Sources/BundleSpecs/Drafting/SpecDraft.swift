// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A first `bundle.yaml` for a directory. It guesses what things are, never what only the author knows: ports, health and
/// order stand as questions.
package struct SpecDraft: Equatable, Sendable {
    /// What was recognised, for the author to confirm.
    package enum Recognised: Equatable, Sendable {
        case program(String, service: String)
        case image(String, service: String)
        case site(String)
        case template(String, config: String)
        case values(String)
        case schema(String)
        case upgradeNotes(String)
        case changelog(String)
    }

    package let text: String
    package let recognised: [Recognised]

    /// - Parameters:
    ///   - directory: the repository's own name, from which the release's is made.
    ///   - entries: everything below it worth looking at, in any order.
    package init(directory: String, arch: Architecture, entries: [DraftEntry]) {
        let entries = entries.sorted { $0.path < $1.path }
        let name = SpecDraft.name(from: directory) ?? "release"
        var services = SpecDraft.Services()
        let programs = entries.filter { $0.kind == .program }.map { ($0.path, services.claim($0.name)) }
        let images = entries.filter { $0.kind == .imageArchive }.map { entry in
            (entry.path, services.claim(String(entry.name.prefix { $0 != "." })))
        }
        let sites = SpecDraft.sites(entries)
        let values = entries.first { SpecDraft.isFile($0, ["values.yaml", "values.yml", "defaults.yaml"]) }?.path
        let schema = entries.first { SpecDraft.isFile($0, ["values.schema.json", "schema.json"]) }?.path
        let templates = SpecDraft.templates(entries, besides: [values, schema].compactMap(\.self))
        let upgrade = entries.first { SpecDraft.isFile($0, ["upgrade.md", "upgrading.md"]) }?.path
        let changelog = entries.first { SpecDraft.isFile($0, ["changelog.md", "changes.md"]) }?.path

        var found: [Recognised] = programs.map { .program($0.0, service: $0.1) }
        found += images.map { .image($0.0, service: $0.1) } + sites.map { .site($0) }
        found += templates.map { .template($0.path, config: $0.config) }
        found += [values.map { .values($0) }, schema.map { .schema($0) }].compactMap(\.self)
        found += [upgrade.map { .upgradeNotes($0) }, changelog.map { .changelog($0) }].compactMap(\.self)
        recognised = found

        var writer = DraftWriter()
        writer.head(name: name, arch: arch)
        writer.sources(programs: programs, sites: sites, images: images)
        writer.configuration(values: values, schema: schema, templates: templates)
        writer.services(programs: programs, images: images)
        writer.tail(upgrade: upgrade, changelog: changelog)
        text = writer.text
    }

    /// The nearest thing to a name in the grammar.
    static func name(from text: String) -> String? {
        let letters = text.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let words = String(letters).split(separator: "-").joined(separator: "-")
        let start = words.drop { !$0.isLetter }.prefix(25)
        let name = start.hasSuffix("-") ? start.dropLast() : start
        return ReleaseName(name)?.text
    }

    private static func isFile(_ entry: DraftEntry, _ names: [String]) -> Bool {
        entry.kind == .file && names.contains(entry.name.lowercased())
    }

    /// Directories with an `index.html`, the outermost only.
    private static func sites(_ entries: [DraftEntry]) -> [String] {
        let found = entries.filter { isFile($0, ["index.html"]) && $0.path.contains("/") }
            .map { String($0.path.dropLast($0.name.count + 1)) }
        return found.filter { path in !found.contains { path.hasPrefix($0 + "/") } }
    }

    /// Configuration beside the code: in a directory whose name says so, with a suffix that config files have.
    private static func templates(_ entries: [DraftEntry], besides: [String]) -> [(path: String, config: String)] {
        let homes: Set = ["deploy", "config", "conf", "etc", "templates"]
        let suffixes = [".conf", ".toml", ".ini", ".yaml", ".yml", ".cfg", ".tmpl", ".j2", ".template"]
        var names: Set<String> = []
        return entries.compactMap { entry in
            guard entry.kind == .file, !besides.contains(entry.path),
                suffixes.contains(where: entry.name.hasSuffix),
                entry.path.split(separator: "/").dropLast().contains(where: { homes.contains(String($0)) })
            else { return nil }
            var name = entry.name
            for suffix in [".tmpl", ".j2", ".template"] where name.hasSuffix(suffix) {
                name = String(name.dropLast(suffix.count))
            }
            guard ReleasePath(name) != nil, names.insert(name).inserted else { return nil }
            return (entry.path, name)
        }
    }

    /// Names of services, each given once.
    private struct Services {
        private var taken: Set<String> = []

        mutating func claim(_ wanted: String) -> String {
            let base = SpecDraft.name(from: wanted) ?? "service"
            var name = base
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(base.prefix(22))-\(number)"
                number += 1
            }
            return name
        }
    }
}
