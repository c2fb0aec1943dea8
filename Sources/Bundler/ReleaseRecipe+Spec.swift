// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleSpecs
package import HostSystem
import YAMLDocuments

extension ReleaseRecipe {
    /// Resolves a spec's paths for one architecture: programs land in `bin/`, files in `share/`, templates, values and
    /// documents in directories of their own.
    ///
    /// - Parameter directory: the spec's, from which its paths start.
    /// - Throws: `BundlerError.sources` for a pattern of documents that matches nothing.
    package init(_ spec: BundleSpec, version: Version, arch: Architecture, directory: HostPath) throws {
        let layout = SpecLayout(directory: directory, arch: arch)
        let docs = try DocumentPaths(spec.docs, layout)
        var sources: [Source] = spec.binaries.map { layout.source($0.from, $0.destination, .program) }
        sources += spec.files.map { layout.source($0.from, $0.destination, .tree) }
        if let defaults = spec.values.defaults {
            sources.append(layout.source(defaults, "values/defaults.yaml", .file))
        }
        if let schema = spec.values.schema { sources.append(layout.source(schema, "values/schema.json", .file)) }
        for (name, config) in spec.config.sorted(by: { $0.key < $1.key }) {
            sources.append(layout.source(config.template, "templates/\(name)", .file))
        }
        sources += docs.sources
        let images = spec.images.sorted { $0.key < $1.key }.map { name, image in
            ImageSource(
                name: name, archive: layout.path(image.archive), digest: image.digest,
                place: image.archive.place.description)
        }
        let identity = ReleaseIdentity(name: spec.name, version: version, arch: arch)
        self.init(identity: identity, sources: sources, images: images) { tree in
            Manifest(
                name: spec.name, version: version, arch: arch, summary: spec.summary, requires: spec.requires,
                tree: tree,
                values: ValueDocuments(
                    defaults: spec.values.defaults == nil ? nil : ReleasePath("values/defaults.yaml"),
                    schema: spec.values.schema == nil ? nil : ReleasePath("values/schema.json")),
                secrets: spec.secrets,
                config: Dictionary(
                    uniqueKeysWithValues: spec.config.compactMap { name, config in
                        config.template(named: name).map { (name, $0) }
                    }),
                services: spec.services, cutover: spec.cutover, docs: docs.documents)
        }
    }
}

/// Where paths of a spec lead on this machine.
private struct SpecLayout {
    let directory: HostPath
    let arch: Architecture

    func path(_ source: SourcePath) -> HostPath {
        let text = source.path(for: arch)
        return text.hasPrefix("/") ? HostPath(text) : directory / text
    }

    func source(_ from: SourcePath, _ to: String, _ use: ReleaseRecipe.Source.Use) -> ReleaseRecipe.Source {
        ReleaseRecipe.Source(from: path(from), to: to, use: use, place: from.place.description)
    }
}

/// Documents under their own names in `docs/`; patterns of `more` are matched against one directory's entries.
private struct DocumentPaths {
    var sources: [ReleaseRecipe.Source] = []
    var documents = ReleaseDocuments()

    init(_ docs: DocumentSources, _ layout: SpecLayout) throws {
        documents.upgrade = add(docs.upgrade, layout)
        documents.changelog = add(docs.changelog, layout)
        var problems: [SourceProblem] = []
        for pattern in docs.more {
            let path = layout.path(pattern)
            guard path.name.contains("*") || path.name.contains("?") else {
                if let document = add(pattern, layout) { documents.more.append(document) }
                continue
            }
            let names = (try? FileSystem.list(path.parent)) ?? []
            let matches = names.filter { Self.matches(Array($0.utf8)[...], Array(path.name.utf8)[...]) }.sorted()
            if matches.isEmpty {
                problems.append(SourceProblem(place: pattern.place.description, path: path.text, fact: .missing))
            }
            for name in matches {
                if let document = add(path.parent / name, pattern.place.description) { documents.more.append(document) }
            }
        }
        guard problems.isEmpty else { throw BundlerError.sources(problems) }
        documents.more.sort()
    }

    private mutating func add(_ source: SourcePath?, _ layout: SpecLayout) -> ReleasePath? {
        source.flatMap { add(layout.path($0), $0.place.description) }
    }

    /// - Returns: nil for one that was named before: `*.md` may well match the changelog.
    private mutating func add(_ path: HostPath, _ place: String) -> ReleasePath? {
        guard let target = ReleasePath("docs/\(path.name)") else { return nil }
        guard !sources.contains(where: { $0.from == path }) else { return nil }
        sources.append(ReleaseRecipe.Source(from: path, to: target.text, use: .document, place: place))
        return target
    }

    /// `*` any run, `?` any one byte.
    private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        switch first {
        case UInt8(ascii: "*"):
            return matches(name, pattern.dropFirst()) || !name.isEmpty && matches(name.dropFirst(), pattern)
        case UInt8(ascii: "?"): return !name.isEmpty && matches(name.dropFirst(), pattern.dropFirst())
        default: return name.first == first && matches(name.dropFirst(), pattern.dropFirst())
        }
    }
}
