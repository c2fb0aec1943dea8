// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Puts an image into a registry: the blobs that it lacks, streamed, then the manifest, bit for bit.
package struct ImagePusher: Sendable {
    /// What is to be put, and where.
    package struct Order: Equatable, Sendable {
        package let image: Image
        /// As the release carries it, or made of the image.
        package let manifest: [UInt8]
        package let type: String
        package let repository: String
        package let tag: String

        package init(image: Image, manifest: [UInt8], type: String, repository: String, tag: String) {
            self.image = image
            self.manifest = manifest
            self.type = type
            self.repository = repository
            self.tag = tag
        }

        package var digest: Digest { .ofBytes(manifest) }

        /// Config and layers, each once.
        package var blobs: [Image.Blob] { image.blobs.filter { $0.digest != image.manifest?.digest } }
    }

    private let client: RegistryClient

    package init(_ client: RegistryClient) { self.client = client }

    /// What the registry lacks of an image; nothing is sent.
    ///
    /// - Throws: `RegistryError.tagTaken` when the tag stands for another image, unless that is `replaceable`.
    package func missing(_ order: Order, replaceable: Bool) async throws -> [Image.Blob] {
        let standing = try await client.standing(order.repository, .tag(order.tag))
        if let standing, standing != order.digest, !replaceable {
            throw RegistryError.tagTaken(
                registry: client.registry, repository: order.repository, tag: order.tag, by: standing)
        }
        var missing: [Image.Blob] = []
        for blob in order.blobs where try await !client.holds(order.repository, blob.digest, size: blob.bytes) {
            missing.append(blob)
        }
        return missing
    }

    /// - Parameters:
    ///   - missing: of its blobs.
    ///   - elsewhere: repositories of the registry that have a blob.
    ///   - writing: streams a content, whole and proven, into a sink.
    /// - Throws: `RegistryError`; what `writing` throws.
    package func push(
        _ order: Order, missing: [Image.Blob], elsewhere: [Digest: String],
        progress: @escaping @Sendable (Int64) -> Void,
        writing: @escaping @Sendable (Digest, any ByteSink) throws -> Void
    ) async throws {
        for blob in missing {
            try await client.push(
                order.repository, blob.digest, size: blob.bytes, mounting: elsewhere[blob.digest], progress: progress
            ) { offset, sink in
                // Packs give a content from its beginning; what the registry has of it goes by.
                try writing(blob.digest, offset == 0 ? sink : SkippingSink(sink, offset))
            }
        }
        try await client.put(order.repository, .tag(order.tag), order.manifest, type: order.type)
        // Asked back by its digest: this is what the registry will give to whoever pins it.
        guard try await client.manifest(order.repository, .digest(order.digest)).bytes == order.manifest else {
            throw RegistryError.badAnswer(registry: client.registry, what: "another manifest than the one it was given")
        }
    }
}

/// Leaves out the first bytes.
private final class SkippingSink: ByteSink {
    private let sink: any ByteSink
    private var left: Int64

    init(_ sink: any ByteSink, _ count: Int64) {
        self.sink = sink
        left = count
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let skipped = Int(min(left, Int64(bytes.count)))
        left -= Int64(skipped)
        if skipped < bytes.count { try sink.write(UnsafeRawBufferPointer(rebasing: bytes[skipped...])) }
    }
}
