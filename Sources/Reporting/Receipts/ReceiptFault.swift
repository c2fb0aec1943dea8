// SPDX-License-Identifier: Apache-2.0

/// Why bytes are no receipt (trust §9.2). Lines are counted from 1.
package enum ReceiptFault: Error, Equatable, Sendable {
    case tooLong(bytes: Int)
    case notText
    /// The last line has no line feed: it was cut off.
    case noLineFeed
    /// Not what stands there in a receipt; `expected` is the word that the line begins with, or what the line says.
    case badLine(Int, expected: String)
    /// It can be read, but is not spelled as the one who writes it would.
    case notCanonical
}
