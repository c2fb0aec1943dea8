// SPDX-License-Identifier: Apache-2.0

extension TemplateFilter {
    /// - Returns: nil when the filter does not take a value of that type. `default` is the evaluator's own.
    func apply(to value: Value, _ arguments: [Value]) -> Value? {
        switch self {
        case .default: return value
        case .join:
            let separator = arguments.first ?? ""
            guard let list = value.list, let glue = separator.scalarText else { return nil }
            let texts = list.compactMap(\.scalarText)
            return texts.count == list.count ? .text(texts.joined(separator: glue)) : nil
        case .lowercase: return value.scalarText.map { .text($0.lowercased()) }
        case .uppercase: return value.scalarText.map { .text($0.uppercased()) }
        // A JSON string is a double-quoted string of YAML and a basic string of TOML as well.
        case .quote: return value.scalarText.map { .text(Value.text($0).json) }
        case .json: return .text(value.json)
        }
    }
}

extension TemplateExpression.Comparison {
    /// - Returns: nil when the two cannot be put in that relation.
    func holds(_ left: Value, _ right: Value) -> Bool? {
        switch self {
        case .equal: return left == right
        case .notEqual: return left != right
        case .contained: return Self.contains(right, left)
        case .notContained: return Self.contains(right, left).map { !$0 }
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = Self.order(left, right) else { return nil }
            switch self {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            default: return order >= 0
            }
        }
    }

    /// Whole numbers are compared as such: a double has only 53 bits of them.
    private static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return left < right ? -1 : left == right ? 0 : 1
        case (.text(let left), .text(let right)):
            if left.utf8.elementsEqual(right.utf8) { return 0 }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
        default:
            guard let left = left.double, let right = right.double else { return nil }
            return left < right ? -1 : left == right ? 0 : 1
        }
    }

    private static func contains(_ whole: Value, _ part: Value) -> Bool? {
        switch (whole, part) {
        case (.list(let list), _): list.contains(part)
        case (.map(let map), .text(let key)): map[key] != nil
        case (.text(let whole), .text(let part)): part.isEmpty || whole.contains(part)
        default: nil
        }
    }
}
