// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Installer
import Trust

/// What a host verb was given: a bundle on a medium, or NAME@VERSION of a release that this host holds.
struct OfferedRelease {
    let name: ReleaseName
    /// What the audit log calls it.
    let medium: String
    private let offer: Offer

    private enum Offer {
        case bundle(ProvenHead)
        case held(Version)
    }

    /// - Throws: what proving the head of a bundle throws.
    static func find(_ text: String, _ trust: HostTrustOptions, _ console: Console) throws -> OfferedRelease {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // A file of that name is meant first: it is what the words on the command line say.
        if parts.count == 2, let name = ReleaseName(parts[0]), let version = Version(parts[1]),
            try !FileSystem.exists(HostPath(text))
        {
            return OfferedRelease(name: name, medium: text, offer: .held(version))
        }
        let head = try trust.prove(text, console: console)
        return OfferedRelease(name: head.manifest.name, medium: text, offer: .bundle(head))
    }

    /// Its content, proven as far as it will not be proven later. Recovery comes before this.
    /// - Parameter whole: hash what is held again; a plan does without.
    func source(_ layout: HostLayout, _ trust: HostTrustOptions, _ console: Console, whole: Bool) throws -> (
        source: any ReleaseSource, release: ReleaseReference
    ) {
        switch offer {
        case .bundle(let head):
            let source = try BundleSource(head, layout: layout)
            // What is staged is proven while it is copied. A release that the host holds already is not copied, and a
            // damaged medium is refused all the same.
            if whole, source.delivery == nil {
                try FileFault.naming(medium) { _ = try head.verifyBody() }
                // What is used is what the host holds, so that is proven, too.
                try InstalledSource(directory: source.directory, digest: source.digest, layout: layout).verifyTree()
            }
            return (source, ReleaseReference(head))
        case .held(let version):
            let held = try HeldRelease.find(version, layout)
            let keys = try held.prove(layout, trust, console)
            let source = try InstalledSource(directory: held.directory, digest: held.digest, layout: layout)
            if whole { try source.verifyTree() }
            return (source, ReleaseReference(name: name, version: version, digest: held.digest, keys: keys))
        }
    }
}

/// A release on this host's disk, staged or installed.
struct HeldRelease {
    let version: Version
    let digest: Digest
    let directory: String

    static func find(_ version: Version, _ layout: HostLayout) throws -> HeldRelease {
        let staged = try StagedReleases(layout: layout).list()
        let installed = try StateStore(layout: layout).load()?.releases.filter { $0.state == .good } ?? []
        let all =
            staged.map { HeldRelease(version: $0.version, digest: $0.digest, directory: $0.directory) }
            + installed.map { HeldRelease(version: $0.version, digest: $0.digest, directory: $0.directory) }
        guard let found = all.first(where: { $0.version == version }) else {
            throw HostVerbError.notHeld(layout.product, version, held: all.map(\.version.description))
        }
        return found
    }

    /// Judges the signatures that were kept with it, by what this host believes today: a key may have been revoked since.
    /// - Returns: key ids of those who are believed.
    func prove(_ layout: HostLayout, _ trust: HostTrustOptions, _ console: Console) throws -> [String] {
        try prove(layout) { try trust.judge($0, $1, $2, console) }
    }

    func prove(
        _ layout: HostLayout,
        judging: ([UInt8], [NamedSignature], ReleaseIdentity) throws -> SignatureVerdict
    ) throws -> [String] {
        let evidence = layout.evidence(directory)
        let claimed = try FileSystem.readAll(evidence / Readme.name, limit: Limits.readmeBytes)
        let identity = try Readme(parsing: claimed).identity
        let checksums = try FileSystem.readAll(
            evidence / MemberName.checksums.description, limit: Limits.fileListBytes, followLinks: false)
        let place = evidence / "signatures"
        var signatures: [NamedSignature] = []
        for file in try FileSystem.exists(place) ? try FileSystem.list(place) : [] where file.hasSuffix(".minisig") {
            guard let name = KeyFingerprint(hex: String(file.dropLast(8))) else { continue }
            signatures.append(
                NamedSignature(name: name, bytes: try FileSystem.readAll(place / file, limit: Limits.signatureBytes)))
        }
        let verdict = try judging(checksums, signatures, identity)
        let list = try ChecksumList(parsing: verdict.signed)
        guard identity.name == layout.product, identity.version == version,
            list.entries.first(where: { $0.member == .manifest })?.digest == digest
        else { throw HostVerbError.notInEvidence(layout.product, version) }
        return verdict.established.map(\.keyID.description)
    }
}
