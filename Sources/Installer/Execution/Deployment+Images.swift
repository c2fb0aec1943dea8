// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Images come into the host's runtime by its own pull from an endpoint of ours: it asks for the layers that it lacks.
extension Deployment {
    func loadImages() async throws {
        let images = images
        let missing = try await missing(images)
        if let first = missing.first {
            guard let delivery else {
                throw DeploymentError.imageLoadFailed(
                    image: first.name, runtime: runtime, output: "the host no longer holds it")
            }
            let loading = ImageLoading(product: plan.name, images: images)
            try await loading.load(missing.map(\.image), from: delivery) { image, work in
                guard let planned = missing.first(where: { $0.image == image }) else { return }
                try await self.saying(planned, work)
            }
        }
        // Whoever else holds one may let it go: a name of the product's own keeps it.
        for image in plan.images where !missing.contains(image) {
            try await saying(image) { try await images.name(image.image, for: self.plan.name, from: nil) }
        }
    }

    private func missing(_ images: any RuntimeImages) async throws -> [PlannedImage] {
        var missing: [PlannedImage] = []
        for image in plan.images where try await !images.holds(image.image, for: plan.name) { missing.append(image) }
        return missing
    }

    private var runtime: ContainerRuntime { plan.runtime ?? .podman }
    private var images: any RuntimeImages {
        runtime.images(environment.runner, byManifest: plan.namesManifests ?? false)
    }

    private func saying(_ image: PlannedImage, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch RuntimeError.failed(let output) {
            throw DeploymentError.imageLoadFailed(image: image.name, runtime: runtime, output: output)
        } catch RuntimeError.differs(let found) {
            throw DeploymentError.imageDigestDiffers(image: image.name, expected: image.id, found: found)
        }
    }

    /// A crash may have left an image with the endpoint's name, with both, or with none.
    func undoImages() async throws {
        let sweep = ImageSweep(layout: layout, runner: environment.runner)
        for image in plan.images where image.loads {
            try await sweep.unlessRefused { try await self.images.sweep(image.image) }
        }
        guard let kept = try? sweep.names(try store.load(), in: runtime) else { return }
        try await sweep.sweep(runtime, keeping: kept)
    }

    /// Once nothing leads back to a release, its images go, too.
    func sweepImages(gone: [String] = []) async throws {
        guard let record = try store.load() else { return }
        let sweep = ImageSweep(layout: layout, runner: environment.runner)
        guard plan.runtime != nil || sweep.concerns(gone) else { return }
        try? await sweep.run(record)
    }
}
