// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A registry, perhaps with a path in it, and what images are called there (decision 0048).
package struct MirrorTarget: Equatable, Sendable {
    /// `registry.site:5000`.
    package let registry: String
    /// `mirror/of`; empty for none.
    package let prefix: String

    /// - Parameter text: `REGISTRY` or `REGISTRY/PREFIX`.
    package init?(_ text: String) {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let whole = ImageReference("\(trimmed)/x"), whole.store == .registry, whole.tag == nil,
            whole.digest == nil
        else { return nil }
        registry = whole.host
        prefix = String(whole.repository.dropLast(2))
    }

    /// Where an image goes.
    package struct Place: Equatable, Sendable {
        package let repository: String
        package let tag: String
    }

    /// Where each image goes: to the repository that its `ref` names, so that files which name it need another registry and
    /// no other change; else to `RELEASE/IMAGE`.
    ///
    /// The tag is `VERSION-ARCH`, because both architectures of a release go to one repository. Two images that would stand
    /// under one tag have their names in it, all of them: nothing depends on the order, nor on the next release's contents.
    package func places(_ release: ReleaseIdentity, _ images: [String: Image]) -> [String: Place] {
        let repositories = images.reduce(into: [String: String]()) { found, image in
            let reference = image.value.ref.flatMap { ImageReference($0) }
            let own = "\(release.name)/\(MirrorTarget.legal(image.key))"
            let repository = reference.flatMap { $0.store == .registry ? $0.repository : nil } ?? own
            found[image.key] = prefix.isEmpty ? repository : "\(prefix)/\(repository)"
        }
        // Versions may hold `+`, tags may not; Helm writes `_` for it.
        let tag = "\(release.version)-\(release.arch.rawValue)".replacing("+", with: "_")
        var places: [String: Place] = [:]
        for (repository, names) in Dictionary(grouping: repositories.keys, by: { repositories[$0] ?? "" }) {
            // One image may have several manifests, and a registry tells those apart.
            let digests = Set(names.compactMap { images[$0].map { $0.manifest?.digest ?? $0.id } })
            for name in names {
                places[name] = Place(repository: repository, tag: digests.count > 1 ? "\(tag)-\(name)" : tag)
            }
        }
        return places
    }

    /// A repository's name of an image's: lower case; what is not allowed becomes one hyphen.
    private static func legal(_ name: String) -> String {
        var found = ""
        for byte in name.lowercased().utf8 {
            let isPlain = (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
            let isGap = found.utf8.last.map { [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains($0) }
            if isPlain {
                found.append(Character(Unicode.Scalar(byte)))
            } else if isGap == false {
                found.append(
                    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") ? Character(Unicode.Scalar(byte)) : "-")
            }
        }
        while let last = found.last, "-._".contains(last) { found.removeLast() }
        return found.isEmpty ? "image" : found
    }
}
