// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What is wrong with a bundle as a file. Offsets are bytes from its beginning.
package enum BundleError: Error, Equatable, Sendable {
    case notAFile(path: String)
    case empty
    /// It does not begin as a bundle does.
    case notABundle
    /// It begins as an age file does: encrypted for the journey.
    case encrypted
    /// The file ends in the middle; `member` is nil between two.
    case truncated(member: String?, offset: Int64, fileBytes: Int64)
    case badHeader(HeaderFault, offset: Int64)
    /// The name is none that a bundle has, or stands at another place than it must.
    case unexpectedMember(found: String, expected: String?, offset: Int64)
    case missingMember(expected: String, offset: Int64)
    case memberTooLarge(member: String, limit: Int64, found: Int64, offset: Int64)
    /// The packs.index says how long a pack is.
    case wrongMemberSize(member: String, expected: Int64, found: Int64, offset: Int64)
    /// The bytes of a member are not those that were signed. `offset` is where its data begins.
    case wrongDigest(member: String, offset: Int64, bytes: Int64, expected: Digest, found: Digest, feeds: [String])
    case badPadding(member: String, offset: Int64)
    case badSignatureArea(offset: Int64)
    case badEndMarker(offset: Int64)
    case bytesAfterEnd(offset: Int64, count: Int64)
    /// Two statements of which release this is.
    case identityMismatch(place: String, stated: ReleaseIdentity, expected: ReleaseIdentity)
    /// SHA256SUMS and packs.index do not name the same packs in the same order.
    case packsDiffer(listed: Int, indexed: Int)
    /// The manifest names other bytes as `files.sha256` than the bundle has.
    case treeMismatch(expected: Digest, found: Digest)
    case noSuchMember(String)
    /// The file changed while it was read.
    case changedWhileRead
}
