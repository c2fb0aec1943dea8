// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
import HostSystem
import NIOCore

/// Brings images from registries into a cache: what is missing, and no more.
package struct ImageFetcher: Sendable {
    /// Told how many bytes came just now over the network.
    package typealias Progress = @Sendable (Int64) -> Void

    private static let atOnce = 3
    private static let attempts = 5

    private let client: RegistryClient
    private let cache: ImageCache
    private let progress: Progress

    /// - Parameter client: of the registry that the references name.
    package init(_ client: RegistryClient, _ cache: ImageCache, progress: @escaping Progress = { _ in }) {
        self.client = client
        self.cache = cache
        self.progress = progress
    }

    /// The digest that a reference's tag names now, whichever it is pinned to; without a tag, that one.
    package static func resolve(_ reference: ImageReference, _ client: RegistryClient) async throws -> Digest {
        if reference.tag == nil, let digest = reference.digest { return digest }
        let found = try await client.manifest(reference.repository, .tag(reference.tag ?? "latest"))
        // Whatever answers: what is pinned is an image, not a page that asks for a login.
        let graph = try ImageGraph(found.bytes, reference: reference.text)
        if case .manifest = graph { _ = try graph.parts(reference: reference.text) }
        return found.digest
    }

    /// Brings one image, of a manifest or of an index.
    ///
    /// - Returns: the digest of its manifest for the platform; `ImageInput.open(cache:…)` opens it.
    /// - Throws: `RegistryError`, `ImageError`, `SystemCallError`, `CancellationError`.
    package func fetch(_ reference: ImageReference, _ digest: Digest, _ arch: Architecture) async throws -> Digest {
        let root = try await document(reference, digest)
        let graph = try ImageGraph(root, reference: reference.text)
        guard case .index = graph else { return try await fetch(graph, digest, reference) }
        let chosen = try graph.manifest(for: arch, reference: reference.text)
        let manifest = try ImageGraph(try await document(reference, chosen), reference: reference.text)
        return try await fetch(manifest, chosen, reference)
    }

    private func fetch(_ graph: ImageGraph, _ digest: Digest, _ reference: ImageReference) async throws -> Digest {
        var seen: Set<Digest> = []
        let parts = try graph.parts(reference: reference.text).filter { seen.insert($0.digest).inserted }
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = parts.makeIterator()
            for _ in 0..<ImageFetcher.atOnce {
                if let part = waiting.next() { group.addTask { try await blob(part, reference) } }
            }
            while try await group.next() != nil {
                if let part = waiting.next() { group.addTask { try await blob(part, reference) } }
            }
        }
        return digest
    }

    private func document(_ reference: ImageReference, _ digest: Digest) async throws -> [UInt8] {
        if let known = try cache.document(digest) { return known }
        let found = try await client.manifest(reference.repository, .digest(digest))
        try cache.put(found.bytes, digest)
        progress(Int64(found.bytes.count))
        return found.bytes
    }

    private func blob(_ part: ImageGraph.Part, _ reference: ImageReference) async throws {
        if try cache.holds(part.digest) { return }
        guard let partial = try await cache.begin(part.digest, size: part.size) else { return }
        var attempt = 1
        var most = partial.size
        while true {
            do {
                if partial.size < part.size || part.size == 0 { try await more(of: partial, part, reference) }
                break
            } catch RegistryError.unreachable(let registry, let silence) {
                // As long as each try brings enough that no other one had, it goes on.
                attempt = partial.size - most >= Exchange.leastProgress ? 1 : attempt + 1
                most = max(most, partial.size)
                guard attempt <= ImageFetcher.attempts, ExchangeFault(silence: silence).isPassing else {
                    throw RegistryError.unreachable(registry: registry, silence)
                }
                try await client.wait(before: attempt)
            }
        }
        let found = try partial.finish()
        guard found == part.digest else {
            throw RegistryError.wrongBytes(
                registry: client.registry, what: "blobs/sha256:\(part.digest)", expected: part.digest, found: found)
        }
    }

    private func more(of partial: PartialBlob, _ part: ImageGraph.Part, _ reference: ImageReference) async throws {
        let progress = progress
        try await client.blob(
            reference.repository, part.digest, size: part.size, from: partial.size,
            restart: { try partial.restart() }
        ) { bytes in
            try bytes.withUnsafeReadableBytes { try partial.write($0) }
            progress(Int64(bytes.readableBytes))
        }
    }
}
