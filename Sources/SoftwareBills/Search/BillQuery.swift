// SPDX-License-Identifier: Apache-2.0

/// A question to bills: a part of a name or package URL, and optionally which versions: `openssl`, `log4j<2.17.1`.
package struct BillQuery: Equatable, Sendable {
    package enum Comparison: String, CaseIterable, Sendable {
        // The longer ones first: `<=` begins with `<`.
        case atMost = "<="
        case atLeast = ">="
        case below = "<"
        case above = ">"
        case equal = "="
    }

    package let text: String
    package let comparison: Comparison?
    package let version: String

    /// - Returns: nil for a text that asks for nothing, names no version behind a comparison, or is no question that is understood:
    ///   "nothing found" is an answer that somebody acts on.
    package init?(_ question: String) {
        let at = question.firstIndex { "<>=".contains($0) } ?? question.endIndex
        let rest = question[at...]
        let comparison = Comparison.allCases.first { rest.hasPrefix($0.rawValue) }
        self.comparison = comparison
        version = BillQuery.trimmed(rest.dropFirst(comparison?.rawValue.count ?? 0))
        text = BillQuery.trimmed(question[..<at]).lowercased()
        guard !text.isEmpty, BillQuery.isWritten(text, with: "+-._/@:%") else { return nil }
        guard comparison != nil else { return }
        let hasDigit = version.utf8.contains { (48...57).contains($0) }
        guard hasDigit, BillQuery.isWritten(version, with: "+-._~:^") else { return nil }
    }

    /// Letters, digits and a few more: what names, package URLs and versions are written with.
    private static func isWritten(_ text: String, with more: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || (48...57).contains($0.value) || more.unicodeScalars.contains($0)
        }
    }

    /// A component without a version is found by its name alone: whether it is one of those nobody knows.
    package func finds(_ component: SoftwareBill.Component) -> Bool {
        let isNamed = component.name.lowercased().contains(text) || component.url?.lowercased().contains(text) == true
        // A program that names no package of its own is looked for by its file's name.
        guard isNamed || component.places.contains(where: { BillQuery.fileName($0).contains(text) }) else {
            return false
        }
        guard let comparison, let found = component.version else { return true }
        let order = VersionOrder(of: component.url)
        return switch comparison {
        case .atMost: !order.precedes(version, found)
        case .atLeast: !order.precedes(found, version)
        case .below: order.precedes(found, version)
        case .above: order.precedes(version, found)
        case .equal: !order.precedes(found, version) && !order.precedes(version, found)
        }
    }

    private static func fileName(_ place: String) -> String {
        place.split(separator: "/").last.map { $0.lowercased() } ?? ""
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
