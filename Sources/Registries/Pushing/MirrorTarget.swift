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

    /// Where each image goes: to the repository that its `ref` names, so that files which name it need another registry and
    /// no other change; else to `RELEASE/IMAGE`.
    ///
    /// Two images that would be one get their IDs' beginnings, all of them: a name never depends on the order.
    package func repositories(_ release: ReleaseName, _ images: [String: Image]) -> [String: String] {
        var wanted: [String: String] = [:]
        for (name, image) in images {
            let reference = image.ref.flatMap { ImageReference($0) }
            let own = "\(release)/\(MirrorTarget.legal(name))"
            let repository = reference.flatMap { $0.store == .registry ? $0.repository : nil } ?? own
            wanted[name] = prefix.isEmpty ? repository : "\(prefix)/\(repository)"
        }
        let byRepository = Dictionary(grouping: wanted.keys) { wanted[$0] ?? "" }
        for (repository, names) in byRepository where Set(names.compactMap { images[$0]?.id }).count > 1 {
            for name in names { wanted[name] = images[name].map { "\(repository)-\($0.id.short)" } }
        }
        return wanted
    }

    /// Versions may hold `+`, tags may not; Helm writes `_` for it.
    package static func tag(_ version: Version) -> String { version.description.replacing("+", with: "_") }

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
