// SPDX-License-Identifier: Apache-2.0

/// What a manifest must say beyond its shape (format §7): checked when it is written and when it is read, so that no
/// part behind it has to ask again.
enum ManifestRules {
    static func check(_ manifest: Manifest) throws(FormatError) {
        do throws(ManifestFault) {
            try checkRelease(manifest)
            try checkTree(manifest)
            try checkNames(manifest)
            for (id, image) in sorted(manifest.images) {
                let place = "images.\(id)"
                guard Grammar.isIdentifier(id) else { throw .badName(at: "images", id) }
                guard ["docker-archive", "oci-archive", "oci-layout"].contains(image.kind) else {
                    throw .badText(at: place + ".kind")
                }
                if let ref = image.ref, ImageReference(ref)?.digest == nil { throw .badText(at: place + ".ref") }
                for (number, layer) in image.layers.enumerated() where layer.bytes < 0 {
                    throw .badNumber(at: place + ".layers[\(number)].bytes")
                }
                guard image.config.bytes >= 0 else { throw .badNumber(at: place + ".config.bytes") }
                guard image.manifest?.bytes ?? 0 >= 0 else { throw .badNumber(at: place + ".manifest.bytes") }
            }
            for (id, secret) in sorted(manifest.secrets) {
                guard Grammar.isIdentifier(id) else { throw .badName(at: "secrets", id) }
                guard Grammar.isLine(secret.about ?? "") else { throw .badText(at: "secrets.\(id).about") }
                try checkCertificate(secret.certificate, id, manifest)
            }
            for (name, config) in sorted(manifest.config) { try checkConfig(name, config, manifest) }
            for (name, service) in sorted(manifest.services) {
                try ServiceRules.check(name, service, manifest)
            }
            for (name, job) in sorted(manifest.jobs) { try JobRules.check(name, job, manifest) }
            try OrderRules.check(manifest)
        } catch {
            throw .badManifest(error)
        }
    }

    private static func checkCertificate(
        _ certificate: CertificateDeclaration?, _ id: String, _ manifest: Manifest
    ) throws(ManifestFault) {
        guard let certificate else { return }
        let place = "secrets.\(id).certificate"
        guard manifest.secrets[certificate.key] != nil else {
            throw .unknownReference(at: place + ".key", certificate.key)
        }
        guard certificate.key != id else { throw .contradiction(at: place + ".key") }
        for name in certificate.names where !Grammar.isLine(name) || name.isEmpty {
            throw .badText(at: place + ".names")
        }
    }

    /// A config file is rendered to `config/NAME` of a slot; a sensitive one is a credential, whose name is one segment
    /// (systemd.exec(5)) and none of a secret's.
    private static func checkConfig(
        _ name: String, _ config: ConfigTemplate, _ manifest: Manifest
    ) throws(ManifestFault) {
        guard let path = ReleasePath(name) else { throw .badName(at: "config", name) }
        guard let sensitive = config.sensitive else { return }
        guard sensitive, manifest.secrets[name] == nil else { throw .contradiction(at: "config.\(name).sensitive") }
        guard path.segments.count == 1, Grammar.isIdentifier(name) else { throw .badName(at: "config", name) }
    }

    /// Names of roles and networks are written into a site's documents.
    private static func checkNames(_ manifest: Manifest) throws(ManifestFault) {
        for (key, names) in [("roles", manifest.roles), ("networks", manifest.networks)] {
            for (name, about) in sorted(names) {
                guard ReleaseName(name) != nil, !Port.Exposure.reserved.contains(name) else {
                    throw .badName(at: key, name)
                }
                guard Grammar.isLine(about) else { throw .badText(at: "\(key).\(name)") }
            }
        }
    }

    private static func checkRelease(_ manifest: Manifest) throws(ManifestFault) {
        guard manifest.format == Manifest.currentFormat else { throw .unsupportedFormat(manifest.format) }
        guard Grammar.isLine(manifest.summary ?? "") else { throw .badText(at: "summary") }
        if let created = manifest.created, !Grammar.isTimestamp(created) { throw .badText(at: "created") }
        if let source = manifest.source, !Grammar.isCommit(source.commit) { throw .badText(at: "source.commit") }
        let requires = manifest.requires
        guard (requires.memory ?? 0) >= 0, (requires.systemd ?? 0) >= 0 else { throw .badNumber(at: "requires") }
        for text in requires.commands + requires.units + [requires.kernel ?? ""] where !Grammar.isLine(text) {
            throw .badText(at: "requires")
        }
    }

    private static func checkTree(_ manifest: Manifest) throws(ManifestFault) {
        let tree = manifest.tree
        guard (0...Limits.files).contains(tree.files), tree.directories >= 0, tree.bytes >= 0 else {
            throw .badNumber(at: "tree")
        }
        try demandSorted(manifest.executables.map(\.path), at: "executables")
        try demandSorted(manifest.symlinks.map(\.path), at: "symlinks")
        for link in manifest.symlinks where !staysInside(link) {
            throw .symlinkLeaves(path: link.path, target: link.target)
        }
        let docs = manifest.docs
        try demandSorted(docs.more, at: "docs.more")
        for path in [docs.upgrade, docs.changelog].compactMap(\.self) + docs.more where !path.text.hasPrefix("docs/") {
            throw .badName(at: "docs", path.text)
        }
    }

    /// Format §7.4: `..` only at the beginning, never above the release. Behind a name it could follow another link
    /// and climb from there: `t -> ../../z` and `x -> t/../..` look harmless one by one.
    static func staysInside(_ link: Symlink) -> Bool {
        let parts = link.target.split(separator: "/", omittingEmptySubsequences: false)
        let climbs = parts.prefix { $0 == ".." }.count
        let names = parts.dropFirst(climbs)
        guard link.target.utf8.count <= Limits.releasePathBytes, parts.count <= Limits.releasePathDepth else {
            return false
        }
        return climbs <= link.path.segments.count - 1 && !names.isEmpty && names.allSatisfy(ReleasePath.isSegment)
    }

    private static func demandSorted(_ paths: [ReleasePath], at place: String) throws(ManifestFault) {
        for (path, next) in zip(paths, paths.dropFirst()) where !(path < next) { throw .notSorted(at: place) }
    }

    static func sorted<Value>(_ dictionary: [String: Value]) -> [(key: String, value: Value)] {
        dictionary.sorted { $0.key < $1.key }
    }
}
