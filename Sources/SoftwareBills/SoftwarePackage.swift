// SPDX-License-Identifier: Apache-2.0

/// One package of a database, or one module that a program was built of, as it names itself there. Texts may be anything: they
/// came out of images.
package struct SoftwarePackage: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case deb, apk, rpm, golang, cargo
    }

    package let kind: Kind
    package let name: String
    /// As its own tools write it; of rpm `VERSION-RELEASE`.
    package let version: String?
    package let arch: String?
    /// Of rpm; Debian's is in the version.
    package let epoch: String?
    /// The source package that it was built of, where that has another name: by it advisories speak of it.
    package let upstream: String?
    /// A program's own module, rather than one that it was built of.
    package let isProgram: Bool

    package init(
        kind: Kind, name: String, version: String?, arch: String? = nil, epoch: String? = nil, upstream: String? = nil,
        isProgram: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.version = version
        self.arch = arch
        self.epoch = epoch
        self.upstream = upstream
        self.isProgram = isProgram
    }

    /// For people: with the epoch, as rpm itself writes it.
    package var shownVersion: String? {
        guard let version, let epoch, epoch != "0" else { return version }
        return "\(epoch):\(version)"
    }

    private var texts: [String] { [name, version, arch, epoch, upstream].compactMap(\.self) }

    /// Whether a part of it was no UTF-8: it has no name that anybody could search for.
    var isIllegible: Bool { texts.contains { $0.unicodeScalars.contains("\u{FFFD}") } }

    /// About the bytes of its texts in a bill.
    var weight: Int { texts.reduce(0) { $0 + FieldText.weight($1) } }

    /// The package URL (purl-spec, ECMA-427), which says on what distribution it is.
    package func url(on distribution: Distribution?) -> PackageURL {
        var url = PackageURL(type: kind.rawValue, namespace: [], name: name, version: version)
        switch kind {
        case .deb: url.namespace = [distribution?.id ?? "debian"]
        case .apk: url.namespace = [distribution?.id ?? "alpine"]
        // The vendor's name, not that of its product (purl-spec, rpm).
        case .rpm: url.namespace = distribution.map { [$0.id == "rhel" ? "redhat" : $0.id] } ?? []
        case .golang:
            let segments = name.lowercased().split(separator: "/").map(String.init)
            url.namespace = Array(segments.dropLast())
            url.name = segments.last ?? name
            if version == "(devel)" { url.version = nil }
        case .cargo: break
        }
        if kind == .deb || kind == .apk { url.name = name.lowercased() }
        url.qualifiers["arch"] = arch
        url.qualifiers["epoch"] = epoch == "0" ? nil : epoch
        url.qualifiers["upstream"] = upstream
        if [.deb, .apk, .rpm].contains(kind) { url.qualifiers["distro"] = distribution?.tag }
        return url
    }
}
