// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The manifest under which an image is offered to others: the one that it came with, else one that is made of it.
package enum CarriedManifest {
    /// For an image that came without one.
    package static func made(of image: Image) -> [UInt8] { ImageShelf.manifest(of: image) }

    /// Its media type.
    package static func type(of manifest: [UInt8]) -> String { ImageShelf.type(of: manifest) }
}
