// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension StateRecord {
    /// From now on that runtime may hold images of the product.
    package mutating func note(_ runtime: ContainerRuntime?) {
        guard let runtime, !imageRuntimes.contains(runtime) || runtimes == nil else { return }
        // Podman may hold what an earlier `bundle` loaded.
        let before = runtimes ?? (releases.isEmpty ? [] : [.podman])
        runtimes = Set(before + [runtime]).sorted { $0.rawValue < $1.rawValue }
    }

    /// Where images of the product may be.
    package var imageRuntimes: [ContainerRuntime] { runtimes ?? [.podman] }

    /// What images of a release here may run under; one that waits to be promoted says nothing yet.
    package func runtimes(of directory: String) -> Set<ContainerRuntime> {
        if ready?.directory == directory { return Set(imageRuntimes) }
        var found = Set(releases.filter { $0.directory == directory }.map { $0.runtime ?? .podman })
        for running in [active, previous].compactMap(\.self) where running.directory == directory {
            found.insert(running.runtime ?? .podman)
        }
        return found
    }

    /// The directories of all releases that something may be started from without being installed again.
    package var startableDirectories: Set<String> {
        var found = Set(releases.filter { $0.state == .good }.map(\.directory))
        found.formUnion(recreate.values.map(\.directory))
        found.formUnion([active?.directory, previous?.directory, ready?.directory].compactMap(\.self))
        return found
    }
}
