// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with the bytes of a bundle or of a document in it. Facts; the words are in `Commands/Wording`.
package enum FormatError: Error, Equatable, Sendable {
    case badDigest(String)
    case badName(String)
    case badVersion(String)
    case badTimeSpan(Int)
    case badReleasePath(String)
}
