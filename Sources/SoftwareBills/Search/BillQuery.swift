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

    /// - Returns: nil for a text that asks for nothing, or names no version behind a comparison.
    package init?(_ question: String) {
        let at = question.firstIndex { "<>=".contains($0) } ?? question.endIndex
        let rest = question[at...]
        let comparison = Comparison.allCases.first { rest.hasPrefix($0.rawValue) }
        self.comparison = comparison
        version = BillQuery.trimmed(rest.dropFirst(comparison?.rawValue.count ?? 0))
        text = BillQuery.trimmed(question[..<at]).lowercased()
        guard !text.isEmpty, comparison == nil || !version.isEmpty else { return nil }
    }

    /// A component without a version is found by its name alone: whether it is one of those nobody knows.
    package func finds(_ component: SoftwareBill.Component) -> Bool {
        guard component.name.lowercased().contains(text) || component.url?.lowercased().contains(text) == true else {
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

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
