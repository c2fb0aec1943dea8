// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage

/// Brings images into a runtime by its own pull from an endpoint of ours, which lives as long as that takes.
struct ImageLoading {
    let product: ReleaseName
    let images: any RuntimeImages

    /// - Parameter saying: wraps what is done for one image, so that a fault can name it.
    func load(
        _ missing: [Image], from delivery: any ReleaseDelivery,
        saying: (Image, () async throws -> Void) async throws -> Void = { try await $1() }
    ) async throws {
        var shelf = ImageShelf(
            prefix: "\(ImageShelf.prefixBegin)\(Hexadecimal.encode(try Randomness.bytes(16)))")
        for image in missing {
            shelf.put(image, manifest: try image.manifest.map { try ImageLoading.document($0, from: delivery) })
        }
        let endpoint = try await ImageEndpoint(shelf) { try delivery.write(content: $0, to: $1) }
        do {
            for image in missing {
                let reference = shelf.reference(image.id, port: endpoint.port)
                try await saying(image) {
                    try await images.pull(image, from: reference)
                    try await images.name(image, for: product, from: reference)
                }
            }
        } catch {
            await endpoint.close()
            throw error
        }
        await endpoint.close()
    }

    /// A document of an image, which creation held to 4 MiB.
    private static func document(_ blob: Image.Blob, from delivery: any ReleaseDelivery) throws -> [UInt8] {
        let sink = CollectingSink()
        try delivery.write(content: blob.digest, to: sink)
        return sink.bytes
    }
}
