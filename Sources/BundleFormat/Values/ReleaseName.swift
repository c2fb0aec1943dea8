// SPDX-License-Identifier: Apache-2.0

/// The name of a product or of one of its services: `[a-z][a-z0-9-]{0,24}` (format §2).
///
/// It becomes part of unit, user and directory names, so nothing else may ever stand in it.
package struct ReleaseName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Returns: nil unless the whole text fits the grammar. `bundle` itself is refused: its directories are ours.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (1...25).contains(bytes.count), text != "bundle" else { return nil }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard letters.contains(bytes[0]) else { return nil }
        guard bytes.allSatisfy({ letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }) else {
            return nil
        }
        self.text = String(text)
    }

    package var description: String { text }

    package static func < (left: ReleaseName, right: ReleaseName) -> Bool { left.text < right.text }
}

extension ReleaseName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = ReleaseName(text) else { throw FormatError.badName(text) }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
