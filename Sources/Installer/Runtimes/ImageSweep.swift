// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Takes away the product's names for images that nothing of it could be started from any more. The image goes with its
/// last name: never one that another product, somebody else or a container has.
struct ImageSweep {
    let layout: HostLayout
    let runner: any CommandRunner

    /// In every runtime that may hold images of the product. What a runtime refuses, the next sweep asks for again.
    func run(_ record: StateRecord) async throws {
        for runtime in record.imageRuntimes { try await sweep(runtime, keeping: try names(record, in: runtime)) }
    }

    /// Whether one of these releases has images at all; a runtime that was never used is not touched.
    func concerns(_ directories: some Sequence<String>) -> Bool {
        directories.contains { (try? images(of: $0).isEmpty) != true }
    }

    /// - Parameter kept: names of the product's that stay.
    /// - Throws: when a command could not be run to its end; what the runtime refuses is no error.
    func sweep(_ runtime: ContainerRuntime, keeping kept: Set<String>) async throws {
        let images = runtime.images(runner)
        for name in try await unlessRefused({ try await images.names() }) ?? [] where !kept.contains(name) {
            guard ImageName.isLasting(name, layout.product) || ImageName.isPassing(name) else { continue }
            // Refused while a container of somebody's uses it: then it is not ours alone.
            try await unlessRefused { try await images.remove(name) }
        }
    }

    /// A runtime that is gone has no images either.
    @discardableResult
    func unlessRefused<Result>(_ work: () async throws -> Result) async throws -> Result? {
        do { return try await work() } catch is RuntimeError { return nil } catch CommandError.notFound { return nil }
    }

    /// Names of the images of all releases that may be started under a runtime.
    /// - Throws: where a release's evidence cannot be read: then nobody knows what it needs.
    func names(_ record: StateRecord?, in runtime: ContainerRuntime) throws -> Set<String> {
        guard let record else { return [] }
        var names: Set<String> = []
        for directory in record.startableDirectories where record.runtimes(of: directory).contains(runtime) {
            names.formUnion(try images(of: directory).map { ImageName.lasting($0.id, layout.product) })
        }
        return names
    }

    private func images(of directory: String) throws -> [Image] {
        let path = layout.evidence(directory) / ManifestDocument.name
        let bytes = try FileSystem.readAll(path, limit: Limits.manifestBytes)
        return Array(try ManifestDocument.decode(bytes).images.values)
    }
}
