// SPDX-License-Identifier: Apache-2.0
import Archives
package import BundleFormat
import Cryptography
package import SoftwareBills

extension OpenedImage {
    /// Whether a part is what names it.
    ///
    /// - Parameter found: the SHA-256 of its bytes, which the caller has read.
    /// - Throws: `ImageError.digestMismatch`.
    package func prove(_ part: ImagePart, found: Digest) throws {
        guard let expected = part.digest, expected != found else { return }
        throw ImageError.digestMismatch(member: part.member, expected: expected, found: found)
    }

    /// Reads a layer, once: whoever packs it gets its bytes, its unpacked tar is hashed, and what the files in it say of the
    /// software there goes into the view. A layer of a compressed archive cannot be had twice without unpacking all before it.
    ///
    /// - Parameters:
    ///   - view: what the layers below it make.
    ///   - each: gets the bytes as they are carried, from the first to the last.
    /// - Throws: what reading throws; what is wrong with the layer itself, `prove` says.
    package func read(
        _ layer: ImageLayer, into view: inout FileSystemView, each: @escaping (UnsafeRawBufferPointer) -> Void
    ) throws -> LayerReading {
        let carried = TappedSource(try open(layer.part, at: 0), each)
        let isCompressed = try carried.isCompressed
        var hasher = SHA256Hasher()
        var fault: ImageError?
        do {
            let unpacked = TappedSource(isCompressed ? try FilteredStream(carried) : carried) {
                if isCompressed { hasher.update($0) }
            }
            try LayerScan.read(unpacked, member: layer.part.member, into: &view)
            try unpacked.drain()
        } catch let error as ArchiveError {
            fault = .damaged
            if case .expandsTooFar = error { fault = .expandsTooFar }
        }
        try carried.drain()
        return LayerReading(layer: layer, unpacked: isCompressed ? hasher.finalize() : nil, fault: fault)
    }

    /// Whether a layer is what names it: its bytes by the manifest's digest, its unpacked tar by the config's.
    ///
    /// - Parameter found: the SHA-256 of its bytes, as they were read.
    /// - Throws: `ImageError.digestMismatch`, `.diffMismatch`, `.expandsTooFar`, `.damaged`.
    package func prove(_ reading: LayerReading, found: Digest) throws {
        let layer = reading.layer
        try prove(layer.part, found: found)
        // A layer that only looks compressed may be carried as it is.
        guard found != layer.diff else { return }
        if let fault = reading.fault { throw fault }
        let unpacked = reading.unpacked ?? found
        guard unpacked == layer.diff else {
            throw ImageError.diffMismatch(member: layer.part.member, expected: layer.diff, found: unpacked)
        }
    }
}

/// What reading a layer found out.
package struct LayerReading {
    let layer: ImageLayer
    /// nil where it is not compressed.
    let unpacked: Digest?
    /// Why it could not be unpacked.
    let fault: ImageError?
}
