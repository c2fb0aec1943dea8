// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What can be wrong with an image archive. Facts; the words are in `Commands/Wording`. `member` is a name inside it.
package enum ImageError: Error, Equatable, Sendable {
    /// Neither a docker-archive nor an oci-archive: no `manifest.json`, no `index.json`.
    case notAnImage
    /// The file is compressed, by the name of the tool; plain tar archives are read so far.
    case compressed(by: String)
    /// The archive could not be read to its end.
    case damaged
    /// A document in it is not what its place demands.
    case badDocument(member: String)
    /// Something that a document names is not in the archive.
    case missingMember(String)
    /// Two members of one name: readers would differ in which they take.
    case duplicateMember(String)
    case digestMismatch(member: String, expected: Digest, found: Digest)
    /// A digest that is not `sha256:` and 64 lower-case hexadecimal digits.
    case unsupportedDigest(String)
    /// The archive holds another number of images than one for the platform.
    case images(count: Int, platforms: [String])
    case wrongPlatform(found: String, wanted: String)
    /// The digest in the spec is not the image's.
    case notThePinnedImage(pinned: Digest, found: Digest)
}
