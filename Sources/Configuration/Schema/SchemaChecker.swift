// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Applies a schema to a value.
struct SchemaChecker {
    /// Schemas applied to values: far more than any honest pair needs, and still under a second.
    private static let maximumSteps = 1_000_000

    let schema: ValueSchema
    private var steps = 0

    init(schema: ValueSchema) { self.schema = schema }

    mutating func check(_ value: Value) -> [ValueViolation] {
        let violations = check(value, ValueSchema.root, ValuePath())
        return steps > Self.maximumSteps ? [ValueViolation(ValuePath(), .tooComplex)] : violations
    }

    private mutating func check(_ value: Value, _ index: Int, _ path: ValuePath) -> [ValueViolation] {
        steps += 1
        // Combinations of $ref can double at each level; the verdict is then `tooComplex`, whatever is returned here.
        guard steps <= Self.maximumSteps else { return [ValueViolation(path, .tooComplex)] }
        var found: [ValueViolation] = []
        for rule in schema.nodes[index].rules { found += check(value, rule, path) }
        return found
    }

    private mutating func check(_ value: Value, _ rule: ValueSchema.Rule, _ path: ValuePath) -> [ValueViolation] {
        switch rule {
        case .never: return [ValueViolation(path, .forbidden)]
        case .types, .oneOfValues, .constant, .size, .pattern, .limit, .multiple, .unique:
            return rule.fault(for: value).map { [ValueViolation(path, $0)] } ?? []
        case .required(let names):
            guard let map = value.map else { return [] }
            return names.filter { map[$0] == nil }.map { ValueViolation(path, .missing($0)) }
        case .object(let properties, let patterns, let additional):
            return value.map.map { check($0, properties, patterns, additional, path) } ?? []
        case .array(let prefix, let items): return value.list.map { check($0, prefix, items, path) } ?? []
        case .names(let node):
            return (value.map?.keys ?? []).compactMap { key in
                let refused = check(.text(key), node, path.appending(key))
                return refused.isEmpty ? nil : ValueViolation(path.appending(key), .badKey(key, refused))
            }
        case .reference(let node): return check(value, node, path)
        case .all(let nodes): return nodes.flatMap { check(value, $0, path) }
        case .any, .one, .not, .conditional: return checkChoice(value, rule, path)
        }
    }

    private mutating func checkChoice(_ value: Value, _ rule: ValueSchema.Rule, _ path: ValuePath) -> [ValueViolation] {
        switch rule {
        case .any(let nodes):
            let refused = nodes.map { check(value, $0, path) }
            return refused.contains([]) ? [] : [ValueViolation(path, .noAlternative(refused))]
        case .one(let nodes):
            let refused = nodes.map { check(value, $0, path) }
            let matching = refused.indices.filter { refused[$0].isEmpty }
            guard matching.count != 1 else { return [] }
            return [ValueViolation(path, .notExactlyOne(of: nodes.count, matching: matching, refused))]
        case .not(let node):
            guard check(value, node, path).isEmpty else { return [] }
            return [ValueViolation(path, .excluded(pointer: schema.nodes[node].pointer))]
        case .conditional(let condition, let then, let otherwise):
            let branch = check(value, condition, path).isEmpty ? then : otherwise
            return branch.map { check(value, $0, path) } ?? []
        default: return []
        }
    }

    private mutating func check(
        _ map: ValueMap, _ properties: [String: Int], _ patterns: [ValueSchema.PatternRule], _ additional: Int?,
        _ path: ValuePath
    ) -> [ValueViolation] {
        var found: [ValueViolation] = []
        for (key, value) in map.entries {
            let below = path.appending(key)
            var nodes = patterns.filter { $0.pattern.matches(key) }.map(\.node)
            if let node = properties[key] { nodes.append(node) }
            for node in nodes { found += check(value, node, below) }
            guard nodes.isEmpty, let additional else { continue }
            if schema.nodes[additional].rules == [.never] {
                found.append(
                    ValueViolation(below, .unknownKey(key, nearest: NearestName.of(key, among: properties.keys))))
            } else {
                found += check(value, additional, below)
            }
        }
        return found
    }

    private mutating func check(
        _ list: [Value], _ prefix: [Int], _ items: Int?, _ path: ValuePath
    ) -> [ValueViolation] {
        var found: [ValueViolation] = []
        for (position, value) in list.enumerated() {
            guard let node = position < prefix.count ? prefix[position] : items else { break }
            found += check(value, node, path.appending(position))
        }
        return found
    }
}
