// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a document that we accept. Facts; the words are in `Commands/Wording`.
package enum YAMLError: Error, Equatable, Sendable {
    case tooLarge(file: String, bytes: Int)
    /// The offset of the first byte that is not UTF-8.
    case notUTF8(file: String, offset: Int)
    /// What libyaml found wrong, in its own words.
    case syntax(Place, problem: String)
    /// The place where a second document starts.
    case manyDocuments(Place)
    /// Anchors and aliases are refused: a few lines of them can stand for billions of nodes.
    case anchor(Place)
    case tag(Place, tag: String)
    case tooDeep(Place)
    case duplicateKey(Place, key: String, first: Place)
    /// A key that is not a scalar.
    case complexKey(Place)

    /// nil where only the file is known.
    package var place: Place? {
        switch self {
        case .tooLarge, .notUTF8: nil
        case .syntax(let place, _), .manyDocuments(let place), .anchor(let place), .tag(let place, _),
            .tooDeep(let place), .duplicateKey(let place, _, _), .complexKey(let place):
            place
        }
    }
}
