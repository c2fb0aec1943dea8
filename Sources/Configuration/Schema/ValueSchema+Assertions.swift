// SPDX-License-Identifier: Apache-2.0

/// The rules that look at one value and at nothing below it but for equality.
extension ValueSchema.Rule {
    /// nil: the value is fine, or not of the kind that the rule is about (validation §6).
    func fault(for value: Value) -> ValueViolation.Fault? {
        switch self {
        case .types(let names):
            let found = value.typeName
            let fits = names.contains(found) || (found == "integer" && names.contains("number"))
            return fits ? nil : .wrongType(expected: names, found: found)
        case .oneOfValues(let values): return values.contains(value) ? nil : .notAmong(values)
        case .constant(let constant): return constant == value ? nil : .notEqual(constant)
        case .size(let measure, let bound, let size): return Self.sizeFault(value, measure, bound, size)
        case .pattern(let pattern):
            guard case .text(let text) = value, !pattern.matches(text) else { return nil }
            return .noMatch(pattern: pattern.source)
        case .limit(let limit, let bound):
            guard let number = value.double, !limit.allows(number, bound) else { return nil }
            return .outOfRange(limit, bound)
        case .multiple(let divisor):
            return Self.isMultiple(value, of: divisor) ? nil : .notMultiple(of: divisor)
        case .unique: return Self.duplicates(in: value)
        default: return nil
        }
    }

    private static func sizeFault(
        _ value: Value, _ measure: Measure, _ bound: Bound, _ size: Int
    ) -> ValueViolation.Fault? {
        let counted: Int? =
            switch (measure, value) {
            // Characters are Unicode code points (validation §6.3.1), not what a reader sees as one letter.
            case (.characters, .text(let text)): text.unicodeScalars.count
            case (.items, .list(let list)): list.count
            case (.properties, .map(let map)): map.count
            default: nil
            }
        guard let counted, bound == .minimum ? counted < size : counted > size else { return nil }
        return .size(measure, bound, size, found: counted)
    }

    private static func isMultiple(_ value: Value, of divisor: Double) -> Bool {
        guard let number = value.double else { return true }
        if case .integer(let integer) = value, let divisor = Int(exactly: divisor) { return integer % divisor == 0 }
        let quotient = number / divisor
        guard quotient.isFinite else { return number.remainder(dividingBy: divisor) == 0 }
        // 0.0075 / 0.0001 is not a whole number in binary; within a few units in the last place it is in decimal.
        return abs(quotient - quotient.rounded()) <= abs(quotient) * 4 * Double.ulpOfOne
    }

    private static func duplicates(in value: Value) -> ValueViolation.Fault? {
        guard case .list(let list) = value else { return nil }
        for (later, item) in list.enumerated() {
            if let earlier = list[..<later].firstIndex(of: item) { return .duplicateItems(earlier, later) }
        }
        return nil
    }
}

extension Limit {
    func allows(_ number: Double, _ bound: Double) -> Bool {
        switch self {
        case .minimum: number >= bound
        case .maximum: number <= bound
        case .exclusiveMinimum: number > bound
        case .exclusiveMaximum: number < bound
        }
    }
}
