// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import Installer
import Testing

/// A release whose files are texts.
final class TextSource: ReleaseSource {
    let manifest: Manifest
    let digest: Digest
    let files: [ReleasePath: String]

    init(_ manifest: Manifest, files: [String: String] = [:]) throws {
        self.manifest = manifest
        digest = try #require(Digest(bytes: [UInt8](repeating: 7, count: 32)))
        self.files = try files.reduce(into: [:]) { $0[try #require(ReleasePath($1.key))] = $1.value }
    }

    var fileNames: [String] { files.keys.map(\.text) }
    var delivery: (any ReleaseDelivery)? { nil }
    func fileDigest(_ path: ReleasePath) -> Digest? { files[path] == nil ? nil : digest }
    func fileDigests(below directory: String) -> [Digest] { [] }
    func read(_ path: ReleasePath) throws -> [UInt8] { Array((files[path] ?? "").utf8) }

    /// A release `pond` of nothing yet.
    static func manifest() throws -> Manifest {
        let zeros = try #require(Digest(bytes: [UInt8](repeating: 0, count: 32)))
        return Manifest(
            name: try #require(ReleaseName("pond")), version: try #require(Version("1.0.0")), arch: .amd64,
            tree: InstalledTree(sha256: zeros, files: 0, directories: 0, bytes: 0))
    }
}
