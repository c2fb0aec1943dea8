// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography

/// What a pack's stored bytes follow from, as one digest: what goes in, in its order, and what it is compressed with.
struct PackKey: Equatable {
    let digest: Digest

    /// - Parameter program: the version of this program: promise 7 is about one version.
    init(_ pack: PackPlan.Pack, _ settings: CompressionSettings, program: String) {
        self.init(pack, settings.identity, program: program)
    }

    /// - Parameter coding: one line that says all else that decides about the bytes.
    init(_ pack: PackPlan.Pack, _ coding: String, program: String) {
        var hasher = SHA256Hasher()
        hasher.update(Array("pack of bundle \(program)\n\(coding)\n".utf8))
        for slice in pack.slices { hasher.update(Array("\(slice.digest.hex) \(slice.length)\n".utf8)) }
        digest = hasher.finalize()
    }
}
