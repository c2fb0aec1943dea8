// SPDX-License-Identifier: Apache-2.0

/// A path below a release's directory, in the strict alphabet of format §2: printable ASCII except
/// `\ " * ? < > |`, no segment empty, `.` or `..`, none that begins with `-` or a space.
///
/// The alphabet makes traversal, case-folding of Unicode, terminal escapes and `sha256sum`'s escaped lines impossible
/// by construction rather than by a check somewhere else.
package struct ReleasePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    package init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= Limits.releasePathBytes else { return nil }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count <= Limits.releasePathDepth else { return nil }
        for segment in segments where !ReleasePath.isSegment(segment) { return nil }
        self.text = String(text)
    }

    package var segments: [Substring] { text.split(separator: "/") }

    package var description: String { text }

    package static func < (left: ReleasePath, right: ReleasePath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Whether one directory entry's name fits the alphabet.
    package static func isSegment(_ segment: some StringProtocol) -> Bool {
        let forbidden = Array("\\\"*?<>|/".utf8)
        guard !segment.isEmpty, segment != ".", segment != ".." else { return false }
        guard !segment.hasPrefix("-"), !segment.hasPrefix(" ") else { return false }
        return segment.utf8.allSatisfy { (0x20...0x7e).contains($0) && !forbidden.contains($0) }
    }
}

extension ReleasePath: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let path = ReleasePath(text) else { throw FormatError.badReleasePath(text) }
        self = path
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
