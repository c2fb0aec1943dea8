// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// `images.NAME`: where an image comes from, and which one it must be.
struct ImageDecoder {
    /// What an author writes who knows that the digest is still to come.
    static let pending = "pending"

    let section: Section
    let arch: [Architecture]
    let place: Place

    /// - Parameter pair: the image's key and what stands below it.
    init(_ pair: YAMLNode.Pair, arch: [Architecture], _ ledger: ProblemLedger) {
        section = Section(pair.value, .image, path: "images.\(pair.name)", ledger, fallback: pair.key.place)
        self.arch = arch
        place = pair.key.place
    }

    func decode() -> ImageSource? {
        let archive = section.path("archive")
        let reference = reference()
        exclude("archive", "ref")
        exclude("digest", "ref")
        exclude("tag", "ref")
        if !section.has("archive"), !section.has("ref") {
            section.report("", .contradiction(path: section.path, .noneGiven(["archive", "ref"])))
        }
        let digests = digests()
        if let archive {
            return ImageSource(origin: .archive(archive, tag: section.text("tag")), digests: digests, place: place)
        }
        return reference.map { reference in
            let pinned = reference.digest.map { digest in arch.map { ($0, digest) } } ?? []
            return ImageSource(
                origin: .reference(reference), digests: Dictionary(uniqueKeysWithValues: pinned), place: place)
        }
    }

    private func reference() -> ImageReference? {
        guard let text = section.text("ref") else { return nil }
        let found = ImageReference(text)
        if found == nil {
            section.report("ref", .badText(path: section.below("ref"), text: text, expected: .imageReference))
        }
        return found
    }

    /// One digest for all, or one for each architecture; nothing for those that are still to come.
    private func digests() -> [Architecture: Digest] {
        guard let node = section["digest"] else { return [:] }
        guard node.mapping != nil else {
            guard let text = section.text("digest", .digest), text != ImageDecoder.pending else { return [:] }
            let digest = digest(text, at: node.place, section.below("digest"))
            return Dictionary(uniqueKeysWithValues: digest.map { digest in arch.map { ($0, digest) } } ?? [])
        }
        var found: [Architecture: Digest] = [:]
        for pair in section.entries("digest") {
            let path = "\(section.below("digest")).\(pair.name)"
            guard let arch = arch.first(where: { $0.rawValue == pair.name }) else {
                let nearest = NearestName.of(pair.name, among: arch.map(\.rawValue))
                section.ledger.report(
                    pair.key.place, .unknownReference(.architecture, name: pair.name, nearest: nearest))
                continue
            }
            guard let text = pair.value.string else {
                section.ledger.wrongType(pair.value, path, .digest)
                continue
            }
            guard text != ImageDecoder.pending else { continue }
            found[arch] = digest(text, at: pair.value.place, path)
        }
        return found
    }

    private func digest(_ text: String, at place: Place, _ path: String) -> Digest? {
        let digest = text.hasPrefix("sha256:") ? Digest(hex: text.dropFirst(7)) : nil
        if digest == nil { section.ledger.report(place, .badText(path: path, text: text, expected: .digest)) }
        return digest
    }

    private func exclude(_ one: String, _ other: String) {
        guard section.has(one), section.has(other) else { return }
        section.report(other, .contradiction(path: section.path, .bothGiven(one, other)))
    }
}
