// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Installer
import PackStorage
import Trust

/// A release whose images can be streamed: on a medium, proven whole, or held by this host.
struct MirrorSource: Sendable {
    typealias Writing = @Sendable (_ content: Digest, _ sink: any ByteSink) throws -> Void

    let manifest: Manifest
    private let writing: Writing

    /// - Throws: what proving throws.
    static func open(_ text: String, _ trust: ReaderTrustOptions, _ console: Console) throws -> MirrorSource {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let name = ReleaseName(parts[0]), let version = Version(parts[1]),
            try !FileSystem.exists(HostPath(text))
        {
            return try held(version, HostLayout(product: name), trust, console)
        }
        let (head, _) = try trust.prove(text, console: console)
        try head.demandImages()
        let progress = ProgressLine(console: console, what: "proving \(head.identity)")
        let verified = try FileFault.naming(text) { try head.verifyBody { progress.show($0, $1) } }
        progress.end()
        let reader = PackReader(index: head.packs, source: try MediumPacks(verified))
        return MirrorSource(manifest: head.manifest) { try reader.write($0, to: $1) }
    }

    private static func held(
        _ version: Version, _ layout: HostLayout, _ trust: ReaderTrustOptions, _ console: Console
    ) throws -> MirrorSource {
        let release = try HeldRelease.find(version, layout)
        _ = try release.prove(layout) { checksums, signatures, identity in
            guard let belief = try Belief.found(by: trust, console) else { throw ReaderTrustError.nothingBelieved }
            let verdict = try belief.keyring.judge(signed: checksums, signatures: signatures, release: identity)
            try belief.root?.allow(identity)
            return verdict
        }
        let source = try InstalledSource(directory: release.directory, digest: release.digest, layout: layout)
        guard let packs = source.delivery else { throw MirrorError.noImages("\(layout.product) \(version)") }
        return MirrorSource(manifest: source.manifest) { try packs.write(content: $0, to: $1) }
    }

    private init(manifest: Manifest, writing: @escaping Writing) {
        self.manifest = manifest
        self.writing = writing
    }

    /// Streams a content, proven.
    func write(_ content: Digest, to sink: any ByteSink) throws { try writing(content, sink) }

    /// A document of an image, which creation held to 4 MiB.
    func document(_ blob: Image.Blob) throws -> [UInt8] {
        let sink = CollectingSink()
        try write(blob.digest, to: sink)
        return sink.bytes
    }
}
