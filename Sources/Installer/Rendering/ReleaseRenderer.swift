// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Configuration
import Cryptography
import HostSystem

/// Renders everything of a release for one slot: arguments, environment, config files, units. It reads templates from
/// the source and gives values; nothing is written. Everything that is missing is found in one pass.
package struct ReleaseRenderer {
    let source: any ReleaseSource
    let placements: Placements
    let host: MachineFacts
    let hasIPv6: Bool
    /// Keyed hashes of the secrets that are there, by ID.
    let secretHashes: [String: Digest]
    /// nil for a release without sensitive config.
    let secretContents: SecretContents?

    package init(
        source: any ReleaseSource, placements: Placements, host: MachineFacts, hasIPv6: Bool,
        secretHashes: [String: Digest], secretContents: SecretContents? = nil
    ) {
        self.source = source
        self.placements = placements
        self.host = host
        self.hasIPv6 = hasIPv6
        self.secretHashes = secretHashes
        self.secretContents = secretContents
    }

    /// What of the release belongs to this host.
    var manifest: Manifest { placements.manifest }

    /// - Parameter places: the directory names of recreate services.
    /// - Throws: `ConfigurationError.template` with every problem of every template and argument.
    package func render(places: [String: String]) throws -> RenderedRelease {
        var rendered = RenderedRelease()
        var problems: [TemplateProblem] = []
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key }) {
            let place = places[name] ?? ""
            let placement = placements.placement(of: name, service, place: place)
            do {
                let one = try render(name, service, placement)
                rendered.units[placement.unit] = one.unit
                if let slice = one.slice { rendered.units[slice.name] = slice.text }
                rendered.targets[name] = one.target
                rendered.checks += one.checks
                for (file, bytes) in one.sensitive {
                    if let path = secretContents?.path(of: file, saying: bytes) { rendered.credentials[path] = bytes }
                }
                if service.strategy == .recreate {
                    rendered.placeConfig[name] = one.config
                } else {
                    rendered.slotConfig.merge(one.config) { first, _ in first }
                }
            } catch ConfigurationError.template(let found) {
                problems += found
            }
        }
        do {
            rendered.certificates = try certificates()
            rendered.sensitiveHashes = try sensitiveHashes()
        } catch ConfigurationError.template(let found) {
            problems += found
        }
        problems += try renderJobs(into: &rendered)
        guard problems.isEmpty else { throw ConfigurationError.template(TemplateProblem.inOrder(problems)) }
        try addTargets(to: &rendered)
        return rendered
    }

    private func addTargets(to rendered: inout RenderedRelease) throws {
        let units = ProductUnits(product: manifest.name)
        let recreate = manifest.services.filter { $0.value.strategy == .recreate }.map(\.key)
        let slotted = manifest.services.keys.filter { !recreate.contains($0) }
        for unit in [
            try units.slotTarget(placements.slot, services: Array(slotted)),
            try units.productTarget(recreate: recreate),
        ] {
            rendered.units[unit.name] = unit.text
        }
    }

    /// What each service is made of, apart from where it stands: its texts with places struck out, the contents it
    /// names, its image, its secrets. Two releases with equal fingerprints need no restart between them.
    package func fingerprints() throws -> [String: Digest] {
        var found: [String: Digest] = [:]
        var problems: [TemplateProblem] = []
        for (name, service) in manifest.services {
            do {
                found[name] = try fingerprint(name, service)
            } catch ConfigurationError.template(let more) {
                problems += more
            }
        }
        guard problems.isEmpty else { throw ConfigurationError.template(TemplateProblem.inOrder(problems)) }
        return found
    }

    private func fingerprint(_ name: String, _ service: Service) throws -> Digest {
        var placement = placements.placement(of: name, service, place: "-")
        placement.release = "/RELEASE"
        placement.config = "/CONFIG"
        let one = try render(name, service, placement)
        var hasher = SHA256Hasher()
        var texts = one.unit
        hasher.update(Array(one.unit.utf8))
        for (file, bytes) in one.config.sorted(by: { $0.key < $1.key }) {
            hasher.update(Array("\nconfig \(file) \(Digest.ofBytes(bytes))".utf8))
            texts += String(decoding: bytes, as: UTF8.self)
        }
        // Their contents count by the keyed hash that the unit names, and by what they lead to.
        for bytes in one.sensitive.values { texts += String(decoding: bytes, as: UTF8.self) }
        for digest in contents(namedIn: texts) { hasher.update(Array("\ncontent \(digest)".utf8)) }
        if let image = service.image.flatMap({ manifest.images[$0] }) {
            hasher.update(Array("\nimage \(image.id)".utf8))
        }
        for use in service.secrets {
            hasher.update(Array("\nsecret \(use.id) \(secretHashes[use.id]?.hex ?? "-")".utf8))
        }
        return hasher.finalize()
    }

    /// Programs are named one by one; below share a service may read anything, so all of it counts.
    private func contents(namedIn text: String) -> [Digest] {
        var digests: [Digest] = []
        for executable in manifest.executables where text.contains("/RELEASE/\(executable.path)") {
            digests += [source.fileDigest(executable.path)].compactMap { $0 }
        }
        if text.contains("/RELEASE/share") { digests += source.fileDigests(below: "share") }
        return digests
    }
}

extension TemplateProblem {
    /// Each once, by file and place: a config that several services read is rendered for each of them.
    fileprivate static func inOrder(_ problems: [TemplateProblem]) -> [TemplateProblem] {
        Set(problems).sorted { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
    }
}
