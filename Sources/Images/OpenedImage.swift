// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One byte string of an image, and what names it.
package struct ImagePart: Equatable, Sendable {
    /// Its name in the file that it came in.
    package let member: String
    package let size: Int64
    /// What the document that names it says it is; nil where that says nothing.
    package let digest: Digest?
}

/// A layer as it is carried: bit for bit as the input has it.
package struct ImageLayer: Equatable, Sendable {
    package let part: ImagePart
    /// The SHA-256 of its unpacked tar, which the config names: what tells runtimes that they have it.
    package let diff: Digest
}

/// An image whose documents have been read and proven against each other; of its layers, only that they are there.
package struct OpenedImage: Sendable {
    package let identity: ImageIdentity
    package let config: ImagePart
    /// nil where the input carries none: a docker-archive's `manifest.json` is not the image's.
    package let manifest: ImagePart?
    /// The base first.
    package let layers: [ImageLayer]
    let members: any ImageMembers

    /// A part's bytes from an offset on, to its end. May be called from several tasks.
    ///
    /// - Throws: `ImageError`, `ArchiveError`, `SystemCallError`.
    package func open(_ part: ImagePart, at offset: Int64) throws -> any ByteSource {
        BoundedSource(try members.open(part.member, at: offset), length: part.size - offset)
    }
}

/// The first bytes of a source that may go on.
private final class BoundedSource: ByteSource {
    private let source: any ByteSource
    private var left: Int64

    init(_ source: any ByteSource, length: Int64) {
        self.source = source
        left = length
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), left))])
        guard !part.isEmpty else { return 0 }
        let count = try source.read(into: part)
        if count == 0 { throw ImageError.damaged }
        left -= Int64(count)
        return count
    }
}
