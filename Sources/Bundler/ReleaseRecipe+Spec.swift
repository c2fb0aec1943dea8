// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleSpecs
package import HostSystem
import YAMLDocuments

extension ReleaseRecipe {
    /// What a spec asks for, for one version and architecture.
    ///
    /// - Parameter directory: the spec's; its relative paths begin there.
    /// - Throws: `BundlerError.architectureNotInSpec`.
    package init(_ spec: BundleSpec, version: Version, arch: Architecture, directory: HostPath) throws {
        guard spec.arch.contains(arch) else {
            throw BundlerError.architectureNotInSpec(arch, spec: spec.arch)
        }
        let resolver = SpecResolver(arch: arch, directory: directory)
        let documents = resolver.documents(spec.docs)
        self.init(
            identity: ReleaseIdentity(name: spec.name, version: version, arch: arch),
            sources: resolver.sources(spec) + documents.sources,
            images: spec.images.sorted { $0.key < $1.key }.map { resolver.image($0.key, $0.value) },
            problems: documents.problems
        ) { tree in
            Manifest(
                name: spec.name, version: version, arch: arch, summary: spec.summary, requires: spec.requires,
                tree: tree,
                values: ValueDocuments(
                    defaults: spec.values.defaults.flatMap { _ in ReleasePath(SpecResolver.defaults) },
                    schema: spec.values.schema.flatMap { _ in ReleasePath(SpecResolver.schema) }),
                secrets: spec.secrets,
                config: spec.config.reduce(into: [:]) { $0[$1.key] = $1.value.template(named: $1.key) },
                services: spec.services, jobs: spec.jobs, roles: spec.roles, networks: spec.networks,
                cutover: spec.cutover, docs: documents.named)
        }
    }
}

/// Turns what a spec names into files on disk and paths of the tree (format §8.1).
struct SpecResolver {
    static let defaults = "values/defaults.yaml"
    static let schema = "values/schema.json"

    let arch: Architecture
    let directory: HostPath

    func path(_ source: SourcePath) -> HostPath {
        let text = source.path(for: arch)
        return text.hasPrefix("/") ? HostPath(text) : directory / text
    }

    func image(_ name: String, _ image: ImageSource) -> ReleaseRecipe.ImageSource {
        let origin: ReleaseRecipe.ImageSource.Origin =
            switch image.origin {
            case .archive(let source, let tag): .archive(path(source), tag: tag)
            case .reference(let reference): .reference(reference)
            }
        return ReleaseRecipe.ImageSource(
            name: name, origin: origin, digest: image.digests[arch],
            place: (image.archive?.place ?? image.place).description)
    }

    func sources(_ spec: BundleSpec) -> [ReleaseRecipe.Source] {
        var found = spec.binaries.map { source($0.from, $0.destination, .program) }
        found += spec.files.map { source($0.from, $0.destination, .tree) }
        found += spec.config.sorted { $0.key < $1.key }.map { source($0.value.template, "templates/\($0.key)", .file) }
        if let defaults = spec.values.defaults { found.append(source(defaults, SpecResolver.defaults, .file)) }
        if let schema = spec.values.schema { found.append(source(schema, SpecResolver.schema, .file)) }
        return found
    }

    /// Documents go to `docs/` under their own names; one that two keys name is carried once.
    func documents(_ docs: DocumentSources) -> (
        sources: [ReleaseRecipe.Source], named: ReleaseDocuments, problems: [SourceProblem]
    ) {
        var sources: [ReleaseRecipe.Source] = []
        var problems: [SourceProblem] = []
        func add(_ from: HostPath, _ place: String) -> ReleasePath? {
            let to = "docs/\(from.name)"
            if !sources.contains(where: { $0.from == from }) {
                sources.append(ReleaseRecipe.Source(from: from, to: to, use: .document, place: place))
            }
            return ReleasePath(to)
        }
        let upgrade = docs.upgrade.flatMap { add(path($0), $0.place.description) }
        let changelog = docs.changelog.flatMap { add(path($0), $0.place.description) }
        var more: Set<ReleasePath> = []
        for entry in docs.more {
            let place = entry.place.description
            let found = (try? PathPattern(path(entry)).matches()) ?? []
            if found.isEmpty { problems.append(SourceProblem(place: place, path: path(entry).text, fact: .noMatch)) }
            more.formUnion(found.compactMap { add($0, place) })
        }
        let named = ReleaseDocuments(
            upgrade: upgrade, changelog: changelog,
            more: more.subtracting([upgrade, changelog].compactMap(\.self)).sorted())
        return (sources, named, problems)
    }

    private func source(_ from: SourcePath, _ to: String, _ use: ReleaseRecipe.Source.Use) -> ReleaseRecipe.Source {
        ReleaseRecipe.Source(from: path(from), to: to, use: use, place: from.place.description)
    }
}
