// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// One image among many in a directory of blobs: as if an `index.json` named it and no other.
struct CacheMembers: ImageMembers {
    private let blobs: LayoutMembers
    private let index: [UInt8]
    let sizes: [String: Int64]
    let links: [String: String] = [:]

    /// - Parameter root: of a manifest, or of an index of manifests.
    /// - Throws: `ImageError.missingMember`, `.digestMismatch`; `SystemCallError`.
    init(_ directory: HostPath, root: Digest) throws {
        blobs = try LayoutMembers(blobsIn: directory)
        let member = "blobs/sha256/\(root)"
        let bytes = try blobs.document(member)
        let found = Digest.ofBytes(bytes)
        guard found == root else { throw ImageError.digestMismatch(member: member, expected: root, found: found) }
        struct Shape: Decodable { let mediaType: String?; let manifests: [Descriptor]? }
        let shape = try ImageDocument.decode(Shape.self, bytes, member: member)
        let type =
            shape.mediaType ?? "application/vnd.oci.image.\(shape.manifests == nil ? "manifest" : "index").v1+json"
        index = CanonicalJSON.write([
            "manifests": [
                [
                    "mediaType": .string(type), "digest": .string("sha256:\(root)"),
                    "size": .integer(Int64(bytes.count)),
                ]
            ]
        ])
        sizes = blobs.sizes.merging(["index.json": Int64(index.count)]) { _, index in index }
    }

    func document(_ name: String) throws -> [UInt8] { name == "index.json" ? index : try blobs.document(name) }

    func open(_ name: String, at offset: Int64) throws -> any ByteSource { try blobs.open(name, at: offset) }
}
