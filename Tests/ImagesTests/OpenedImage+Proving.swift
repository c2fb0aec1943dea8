// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Images
import SoftwareBills

extension OpenedImage {
    /// Reads a layer as `create` does, and proves it.
    ///
    /// - Parameter digest: what its bytes are said to be; by default what they are.
    func readAndProve(_ layer: ImageLayer, as digest: Digest? = nil, into view: inout FileSystemView) throws {
        var hasher = SHA256Hasher()
        let reading = try read(layer, into: &view) { hasher.update($0) }
        try prove(reading, found: digest ?? hasher.finalize())
    }

    func readAndProve(_ layer: ImageLayer, as digest: Digest? = nil) throws {
        var view = FileSystemView()
        try readAndProve(layer, as: digest, into: &view)
    }

    /// What the files of all layers say.
    func view() throws -> FileSystemView {
        var view = FileSystemView()
        for layer in layers { try readAndProve(layer, into: &view) }
        return view
    }
}
