// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostRecords
import HostSystem
import Installer
import Trust

/// What a host verb was given: a bundle on a medium, or NAME@VERSION of a release that this host holds.
struct OfferedRelease {
    let name: ReleaseName
    /// What the audit log calls it.
    let medium: String
    /// The bundle's file, or the list of its parts; nil for a release that this host holds.
    var path: HostPath? { if case .bundle(let head) = offer { head.mediumPath } else { nil } }
    private let offer: Offer

    private enum Offer {
        case bundle(ProvenHead)
        case held(Version)
    }

    /// - Parameter session: of a verb that changes the host; newer trust roots of the bundle stay.
    /// - Throws: what proving the head of a bundle throws.
    static func find(
        _ text: String, _ trust: HostTrustOptions, _ console: Console, advancing session: HostSession? = nil
    ) throws -> OfferedRelease {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // A file of that name is meant first: it is what the words on the command line say.
        if parts.count == 2, let name = ReleaseName(parts[0]), let version = Version(parts[1]),
            try !FileSystem.exists(HostPath(text))
        {
            return OfferedRelease(name: name, medium: text, offer: .held(version))
        }
        let head = try trust.prove(text, console: console, advancing: session)
        return OfferedRelease(name: head.manifest.name, medium: text, offer: .bundle(head))
    }

    /// Its content, proven as far as it will not be proven later. Recovery comes before this.
    /// - Parameter whole: hash what is held again; a plan does without.
    func source(_ layout: HostLayout, _ trust: HostTrustOptions, _ console: Console, whole: Bool) throws -> (
        source: any ReleaseSource, release: ReleaseReference, proof: SignatureVerdict
    ) {
        switch offer {
        case .bundle(let head):
            let source = try BundleSource(head, layout: layout)
            try source.findNeeded()
            // What is staged is proven while it is copied. A release that the host holds already is not copied, and a
            // damaged medium is refused all the same.
            if whole, source.delivery == nil {
                try FileFault.naming(medium) { _ = try head.verifyBody() }
                // What is used is what the host holds, so that is proven, too.
                try InstalledSource(directory: source.directory, digest: source.digest, layout: layout).verifyTree()
            }
            return (source, ReleaseReference(head), head.verdict)
        case .held(let version):
            let held = try HeldRelease.find(version, layout)
            let proof = try held.prove(layout, trust, console)
            let source = try InstalledSource(directory: held.directory, digest: held.digest, layout: layout)
            if whole { try source.verifyTree() }
            let release = ReleaseReference(
                name: name, version: version, digest: held.digest, keys: proof.established.map(\.fingerprint.hex),
                carrier: proof.signedDigest)
            return (source, release, proof)
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
    func prove(_ layout: HostLayout, _ trust: HostTrustOptions, _ console: Console) throws -> SignatureVerdict {
        try prove(layout) { try trust.judge($0, $1, $2, console) }
    }

    func prove(
        _ layout: HostLayout,
        judging: ([UInt8], [NamedSignature], ReleaseIdentity) throws -> SignatureVerdict
    ) throws -> SignatureVerdict {
        let evidence = layout.evidence(directory)
        let claimed = try FileSystem.readAll(evidence / Readme.name, limit: Limits.readmeBytes)
        let identity = try Readme(parsing: claimed).identity
        let checksums = try FileSystem.readAll(
            evidence / MemberName.checksums.description, limit: Limits.fileListBytes, followLinks: false)
        let verdict = try judging(checksums, try KeptSignatures.read(evidence), identity)
        let list = try ChecksumList(parsing: verdict.signed)
        guard identity.name == layout.product, identity.version == version,
            list.digest(of: .manifest) == digest
        else { throw HostVerbError.notInEvidence(layout.product, version) }
        return verdict
    }
}

extension ReleaseReference {
    /// One that this host installed once, with those who had signed it of whom it still believes; nothing is refused here.
    init(held: HeldRelease, _ layout: HostLayout) {
        self.init(name: layout.product, version: held.version, digest: held.digest)
        let keyring = (try? HostTrust.load())?.chain.newest.root.keyring(for: .release) ?? Keyring(keys: [])
        keys =
            (try? held.prove(layout) { checksums, signatures, identity in
                carrier = Digest.ofBytes(checksums)
                return try keyring.judge(signed: checksums, signatures: signatures, release: identity)
            })?.established.map(\.fingerprint.hex) ?? []
    }
}
