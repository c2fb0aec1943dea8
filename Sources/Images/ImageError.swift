// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What can be wrong with an image archive. Facts; the words are in `Commands/Wording`. `member` is a name inside it.
package enum ImageError: Error, Equatable, Sendable {
    /// Neither a docker-archive nor an OCI layout: no `manifest.json`, no `index.json`.
    case notAnImage
    /// It could not be read to its end.
    case damaged
    /// It unpacks to far more than it is: a decompression bomb.
    case expandsTooFar
    /// More members, longer names or more images than any tool saves in one file.
    case tooMuchInIt
    /// A document in it is not what its place demands.
    case badDocument(member: String)
    /// Something that a document names is not in the archive.
    case missingMember(String)
    /// Two members of one name: readers would differ in which they take.
    case duplicateMember(String)
    case digestMismatch(member: String, expected: Digest, found: Digest)
    /// The unpacked layer is not the one that the config names.
    case diffMismatch(member: String, expected: Digest, found: Digest)
    case sizeMismatch(member: String, declared: Int64, found: Int64)
    /// The config and the manifest name different numbers of layers.
    case layerCount(config: Int, manifest: Int)
    /// A layer that is only pointed at: its bytes are elsewhere.
    case foreignLayer(digest: String)
    case unsupportedMediaType(String)
    /// A digest that is not `sha256:` and 64 lower-case hexadecimal digits.
    case unsupportedDigest(String)
    /// The archive holds none that is wanted, or several: what it says of each.
    case images([String])
    case noSuchTag(String, among: [String])
    case wrongPlatform(found: String, wanted: String)
    /// The digest in the spec is not the image's.
    case notThePinnedImage(pinned: Digest, found: [Digest])
}
