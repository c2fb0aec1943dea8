// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import SoftwareBills

/// The software bills of a release and of each of its images (format §14). They are made of what was found while the contents were
/// hashed, and stand beside the manifest: nothing in it depends on them.
struct ReleaseBills {
    private(set) var documents: [(member: String, bytes: [UInt8])] = []
    /// What is to be said of them.
    private(set) var found = FoundSoftware()

    /// A release of more has them in `files.sha256` alone: its bill must stay a document that tools open.
    private static let mostFiles = 20_000

    init(_ contents: CollectedContents, _ manifest: Manifest, release: Digest) {
        var images: [SoftwareBill.Component] = []
        for (name, image) in manifest.images.sorted(by: { $0.key < $1.key }) {
            let member = BillMember.image(name)
            var subject = ReleaseBills.component(name, image, manifest.arch)
            let bill = SoftwareBill(of: subject, [], contents.views[name] ?? FileSystemView())
            take(CycloneDXDocument(bill, member: member, release: release, created: manifest.created), member, name)
            subject.bill = CycloneDXDocument.link(to: member, release)
            images.append(subject)
        }
        var view = FileSystemView()
        for file in contents.files { view.put(file.file.path.text, file.program?.software) }
        let files = (contents.files.count > ReleaseBills.mostFiles ? [] : contents.files).map {
            SoftwareBill.Component(kind: .file, name: $0.file.path.text, sha256: $0.content.digest)
        }
        let name = manifest.name.text
        let version = manifest.version.description
        let subject = SoftwareBill.Component(
            kind: .application, name: name, version: version,
            url: PackageURL(type: "generic", name: name, version: version).description)
        let bill = SoftwareBill(of: subject, files + images, view)
        let member = BillMember.release
        take(CycloneDXDocument(bill, member: member, release: release, created: manifest.created), member, nil)
    }

    private mutating func take(_ document: CycloneDXDocument, _ member: String, _ image: String?) {
        let (kept, bytes) = BillMember.readable(document)
        documents.append((member, bytes))
        found.take(kept.bill, image: image)
    }

    private static func component(_ name: String, _ image: Image, _ arch: Architecture) -> SoftwareBill.Component {
        let digest = "sha256:\((image.manifest?.digest ?? image.id).hex)"
        var url = PackageURL(type: "oci", name: name.lowercased(), version: digest)
        url.qualifiers["arch"] = arch.rawValue
        return SoftwareBill.Component(kind: .container, name: name, version: digest, url: url.description)
    }

    /// Writes them to a directory of ours.
    func write(to directory: HostPath) throws -> [BundleDraft.Part] {
        try documents.enumerated().compactMap { number, entry in
            guard let path = ReleasePath(entry.member) else { return nil }
            let file = directory / "bill-\(number)"
            try FileSystem.write(entry.bytes, to: file)
            return BundleDraft.Part(
                member: .sbom(path), file: file, size: Int64(entry.bytes.count), digest: .ofBytes(entry.bytes))
        }
    }
}

/// What the bills of a release say, for whoever makes it.
package struct FoundSoftware: Equatable, Sendable {
    /// A bill that is not complete, and why.
    package struct Gap: Equatable, Sendable {
        /// nil for the release's own files.
        package let image: String?
        package let place: String
        package let reason: String
    }

    /// Packages and modules; files and images are not counted.
    package private(set) var components = 0
    package private(set) var gaps: [Gap] = []
    /// Images in which no package and no program says what is in them.
    package private(set) var silentImages: [String] = []

    mutating func take(_ bill: SoftwareBill, image: String?) {
        let software = bill.components.filter { $0.kind != .file && $0.kind != .container }
        components += software.count
        gaps += bill.unread.map { Gap(image: image, place: $0.place, reason: $0.reason) }
        // That it is of a distribution whose packages nobody lists says nothing of what is in it.
        if let image, bill.unread.isEmpty, software.allSatisfy({ $0.kind == .operatingSystem }) {
            silentImages.append(image)
        }
    }
}
