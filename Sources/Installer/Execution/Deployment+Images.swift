// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// Images come into the host's runtime by its own pull from an endpoint of ours: it asks for the layers that it lacks.
extension Deployment {
    func loadImages() async throws {
        var missing: [PlannedImage] = []
        for image in plan.images where try await !holds(image.id) { missing.append(image) }
        guard let first = missing.first else { return }
        guard let delivery else {
            throw DeploymentError.imageLoadFailed(image: first.name, output: "the host no longer holds it")
        }
        var shelf = ImageShelf(
            prefix: "\(ImageShelf.prefixBegin)\(Hexadecimal.encode(try Randomness.bytes(16)))")
        for image in missing {
            let manifest = try image.image.manifest.map { try Deployment.document($0, from: delivery) }
            shelf.put(image.image, manifest: manifest)
        }
        let endpoint = try await ImageEndpoint(shelf) { try delivery.write(content: $0, to: $1) }
        do {
            for image in missing { try await load(image, as: shelf.reference(image.id, port: endpoint.port)) }
        } catch {
            await endpoint.close()
            throw error
        }
        await endpoint.close()
    }

    private func load(_ image: PlannedImage, as reference: String) async throws {
        let result = try await environment.runner.run(PodmanImages.pull(reference))
        guard result.status == 0 else {
            throw DeploymentError.imageLoadFailed(image: image.name, output: result.errorText)
        }
        // The runtime computes an image's ID from what it stored: reading it back proves the load.
        guard try await holds(image.id) else {
            throw DeploymentError.imageDigestDiffers(
                image: image.name, expected: image.id, found: result.outputText)
        }
        for command in PodmanImages.naming(image.id, plan.name, from: reference) {
            let result = try await environment.runner.run(command)
            guard result.status == 0 else {
                throw DeploymentError.imageLoadFailed(image: image.name, output: result.errorText)
            }
        }
    }

    private func holds(_ id: Digest) async throws -> Bool {
        try await environment.runner.run(PodmanImages.exists(id)).status == 0
    }

    /// A document of an image, which creation held to 4 MiB.
    private static func document(_ blob: Image.Blob, from delivery: any ReleaseDelivery) throws -> [UInt8] {
        let sink = DocumentSink()
        try delivery.write(content: blob.digest, to: sink)
        return sink.bytes
    }

    func undoImages() async throws {
        for image in plan.images where image.loads {
            let listed = try await environment.runner.run(PodmanImages.names(image.id))
            guard listed.status == 0 else { continue }
            let names = listed.outputText.split(separator: "\n").map(String.init)
            // A crash may have left it with the endpoint's name, with both, or with none.
            let ours = names.filter { PodmanImages.isOurs($0, image.id, plan.name) }
            for name in names.isEmpty ? [image.id.hex] : ours {
                // Refused while a container uses it: then it is not ours alone.
                _ = try await environment.runner.run(PodmanImages.remove(name))
            }
        }
    }
}

private final class DocumentSink: ByteSink {
    private(set) var bytes: [UInt8] = []

    func write(_ bytes: UnsafeRawBufferPointer) throws { self.bytes += bytes }
}
