// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// The files of a tree by their contents. It keeps four bytes a file: the rest is in the list.
package struct TreeTargets: UnpackTargets {
    private let files: FileList
    private let root: HostPath
    private let executables: Set<ReleasePath>
    /// Places in the list, by the files' digests and then by their paths.
    private let places: [Int32]

    /// - Parameters:
    ///   - root: what the list's paths are below.
    ///   - executables: have mode 0755, all others 0644.
    ///   - wanted: asked once for each file.
    package init(
        _ files: FileList, below root: HostPath, executables: Set<ReleasePath>,
        where wanted: (ReleasePath) -> Bool = { _ in true }
    ) {
        self.files = files
        self.root = root
        self.executables = executables
        var places = (0..<Int32(files.count)).filter { wanted(files.path(Int($0))) }
        places.sort { (files.digest(Int($0)), $0) < (files.digest(Int($1)), $1) }
        self.places = places
    }

    package func targets(of content: Digest) -> [UnpackTarget] {
        let first = places.partitioningIndex { files.digest(Int($0)) >= content }
        return places[first...].prefix { files.digest(Int($0)) == content }.map { place in
            let path = files.path(Int(place))
            return UnpackTarget(path: root / path.text, permissions: executables.contains(path) ? 0o755 : 0o644)
        }
    }
}
