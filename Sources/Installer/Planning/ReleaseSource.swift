// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostRecords

/// A release that can be deployed: what it is, and its small files. Either the proven head of a bundle, with the rest on
/// the medium, or a release that is installed already.
package protocol ReleaseSource: AnyObject {
    var manifest: Manifest { get }
    /// SHA-256 of `manifest.json`.
    var digest: Digest { get }
    /// Digests of the installed tree's files, by path.
    func fileDigest(_ path: ReleasePath) -> Digest?
    /// Digests of all files below a directory of the tree, sorted by path.
    func fileDigests(below directory: String) -> [Digest]
    /// Base names of all files of the tree: a library that comes along is not missing.
    var fileNames: [String] { get }
    /// The bytes of a file of the tree, proven again; for templates, values and schemas.
    func read(_ path: ReleasePath) throws -> [UInt8]
    /// Whether the host holds the release already: unpacked and proven again.
    var isHeld: Bool { get }
    /// Brings it, or what of it a container runtime lacks; nil when there is nothing to bring it from.
    var delivery: (any ReleaseDelivery)? { get }
}

extension ReleaseSource {
    package var isHeld: Bool { delivery == nil }
    /// `VERSION-DIGEST12`: the directory below `/opt/NAME/releases`, and below the evidence.
    package var directory: String { HostLayout.directory(manifest.version, digest) }
}
