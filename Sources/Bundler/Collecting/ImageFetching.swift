// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem
import Images

/// Brings an image of a registry or a local store to this machine, and says where it lies. `progress` is told how many bytes
/// just came.
package typealias ImageFetching =
    @Sendable (
        _ reference: ImageReference, _ digest: Digest, _ arch: Architecture,
        _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> ReleaseRecipe.ImageSource.Origin

extension ReleaseRecipe.ImageSource.Origin {
    /// Where it is on this machine; nil before it was fetched.
    var path: HostPath? {
        switch self {
        case .archive(let path, _), .cached(let path, _), .saved(let path, _): path
        case .reference: nil
        }
    }

    /// What the spec calls it; nil for a file of the author's.
    var reference: ImageReference? {
        switch self {
        case .archive: nil
        case .reference(let reference), .cached(_, let reference), .saved(_, let reference): reference
        }
    }
}

extension ReleaseRecipe.ImageSource {
    /// - Parameter path: of its origin, without links.
    /// - Throws: `ImageError`; `SystemCallError`.
    func open(_ path: HostPath, _ arch: Architecture) throws -> OpenedImage {
        switch origin {
        case .cached:
            guard let digest else { throw ImageError.notAnImage }
            return try ImageInput.open(cache: path, pinned: digest, arch: arch)
        case .archive(_, let tag): return try ImageInput.open(path, arch: arch, pinned: digest, tag: tag)
        case .saved, .reference: return try ImageInput.open(path, arch: arch, pinned: digest)
        }
    }
}
