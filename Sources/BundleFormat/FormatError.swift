// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with the bytes of a bundle or of a document in it. Facts; the words are in `Commands/Wording`.
package enum FormatError: Error, Equatable, Sendable {
    case badDigest(String)
    case badName(String)
    case badVersion(String)
    case badTimeSpan(Int)
    case badReleasePath(String)
    /// Not the JSON of format §6; the offset of the byte where it ends to be.
    case badJSON(JSONFault, offset: Int)
    /// Good JSON that is not this document: a key is missing, has another type or a value that cannot be.
    case wrongShape(document: String, at: String)
    /// It says the right thing in other bytes than the one spelling: a key that we do not know, another order, spaces.
    case notCanonical(document: String, offset: Int)
    case tooLarge(document: String, limit: Int, found: Int64)
    /// A line of a text document, numbered from 1.
    case badLine(document: String, line: Int, LineFault)
    /// A statement of the manifest that contradicts the format or another statement of it.
    case badManifest(ManifestFault)
    case badHeader(HeaderFault)
    case badLayout(LayoutFault)
}

/// Why bytes are not the strict JSON of format §6.
package enum JSONFault: String, Error, Equatable, Sendable {
    case byteOrderMark, invalidUTF8, unexpectedByte, unexpectedEnd, trailingBytes
    case duplicateKey, fraction, exponent, leadingZero, minusZero, integerOutOfRange
    case controlCharacter, nulCharacter, badEscape, loneSurrogate, tooDeep
}

/// Why a line of `SHA256SUMS`, `files.sha256`, `packs.index` or `README.txt` is refused.
package enum LineFault: String, Error, Equatable, Sendable {
    case noNewline, emptyDocument, badSyntax, badDigest, badPath, badNumber, notSorted, duplicate
    case fileBelowFile, wrongFirstLine, unsupported, unknownPack, outsidePack, wrongSum, tooMany
    case noBase, noNeeds, unknownOlder
}

/// What a manifest says that cannot be (format §7).
package enum ManifestFault: Error, Equatable, Sendable {
    case unsupportedFormat(String)
    case badText(at: String)
    case badNumber(at: String)
    case badName(at: String, String)
    case notSorted(at: String)
    /// A name that something else in the manifest does not declare.
    case unknownReference(at: String, String)
    case symlinkLeaves(path: ReleasePath, target: String)
    case dependencyCycle([String])
    case contradiction(at: String)
    /// The manifest names a path that `files.sha256` does not have.
    case notInTree(at: String, ReleasePath)
    /// Something stands below a symbolic link, or at its place.
    case besideSymlink(ReleasePath)
    /// A total of the manifest differs from what `files.sha256` and the contents add up to.
    case wrongTotal(at: String, stated: Int64, found: Int64)
    /// A content that neither a pack nor a document of the bundle holds, and that no host was asked for.
    case missingContent(Digest, feeds: String)
}

/// Why 512 bytes are not the one header that a member may have (format §4.2).
package enum HeaderFault: String, Error, Equatable, Sendable {
    case endMarker, badName, badSize, otherBytes
}

/// What is wrong with the members' order (format §4.1).
package enum LayoutFault: Error, Equatable, Sendable {
    case unknownName(String)
    case wrongOrder(member: String, after: String)
    case missing(String)
    case tooManySignatures
    case fileBelowFile(String)
}
