// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

extension ReleaseRecipe {
    /// Which of the files that the spec names are not there. `BundlerError.sources` in the making, for who wants to go on.
    package func missing() throws -> [SourceProblem] {
        let named =
            sources.map { ($0.from, $0.place) }
            + images.compactMap { image in
                if case .archive(let path, _) = image.origin { (path, image.place) } else { nil }
            }
        return try named.filter { try FileSystem.status($0.0) == nil }.map {
            SourceProblem(place: $0.1, path: $0.0.text, fact: .missing)
        }
    }

    /// Images of which nothing says which they must be: no bundle is made of them, so that what was tested is what is shipped.
    package var unpinned: [SourceProblem] {
        images.filter { $0.digest == nil }.map {
            SourceProblem(place: $0.place, path: "image \($0.name)", fact: .unpinned)
        }
    }

    /// Checks templates, defaults and schema as `create` does, without collecting anything.
    ///
    /// - Throws: `ConfigurationError`, `YAMLError`, `SystemCallError`.
    package func checkConfiguration() throws {
        let files = sources.filter { $0.use == .file }.compactMap { source in
            ReleasePath(source.to).map { ($0, source.from) }
        }
        guard let nothing = Digest(bytes: [UInt8](repeating: 0, count: 32)) else { return }
        // Nothing that is checked here looks at the tree's totals.
        let tree = InstalledTree(sha256: nothing, files: 0, directories: 0, bytes: 0)
        try ConfigurationCheck(manifest(tree), sources: Dictionary(files) { first, _ in first }).run()
    }
}
