// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// An OCI layout directory (image-spec v1.1, image-layout.md): `oci-layout`, `index.json`, `blobs/sha256/HEX`.
struct LayoutMembers: ImageMembers {
    private let directory: HostPath
    private(set) var sizes: [String: Int64] = [:]
    let links: [String: String] = [:]

    /// Looks at the places that a layout has and at no others; links are no files.
    ///
    /// - Throws: `ImageError.notAnImage`, `SystemCallError`.
    init(_ directory: HostPath) throws {
        guard try FileSystem.status(directory / "index.json")?.kind == .file else { throw ImageError.notAnImage }
        try self.init(directory, beside: ["index.json"])
    }

    /// A directory with blobs alone.
    ///
    /// - Throws: `ImageError.notAnImage`, `SystemCallError`.
    init(blobsIn directory: HostPath) throws { try self.init(directory, beside: []) }

    private init(_ directory: HostPath, beside: [String]) throws {
        self.directory = directory
        let blobs = "blobs/sha256"
        guard try FileSystem.status(directory / blobs)?.kind == .directory else { throw ImageError.notAnImage }
        for name in beside + (try FileSystem.list(directory / blobs).map { "\(blobs)/\($0)" }) {
            guard let status = try FileSystem.status(directory / name), status.kind == .file else { continue }
            sizes[name] = status.size
        }
    }

    func document(_ name: String) throws -> [UInt8] {
        guard let size = sizes[name] else { throw ImageError.missingMember(name) }
        guard size <= Int64(ImageDocument.maximumBytes) else { throw ImageError.badDocument(member: name) }
        return try FileSystem.readAll(directory / name, limit: ImageDocument.maximumBytes, followLinks: false)
    }

    func open(_ name: String, at offset: Int64) throws -> any ByteSource {
        guard holds(name) else { throw ImageError.missingMember(name) }
        return FileRange(try HostFile.open(directory / name, .read, followLinks: false), offset: offset)
    }
}
