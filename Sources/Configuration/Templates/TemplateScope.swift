// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The names that a template sees at one place: the context, and the loops around it.
struct TemplateScope {
    /// nil stands for something that was already reported as missing: whatever is below it says nothing new.
    private var loops: [[String: Value?]] = []
    private let context: ValueMap

    enum Outcome: Equatable {
        case found(Value)
        /// `nearest` is a whole name.
        case undefined(nearest: String?)
        case alreadyReported
    }

    init(context: Value) { self.context = context.map ?? ValueMap() }

    mutating func push(_ names: [String: Value?]) { loops.append(names) }
    mutating func pop() { loops.removeLast() }

    func resolve(_ name: TemplateName) -> Outcome {
        var current: Value
        if let bound = loops.last(where: { $0.keys.contains(name.root) })?[name.root] {
            guard let value = bound else { return .alreadyReported }
            current = value
        } else if let value = context[name.root] {
            current = value
        } else {
            let known = context.keys + loops.flatMap(\.keys)
            return .undefined(nearest: Self.suggestion(for: name, at: 0, among: known))
        }
        var index = 0
        while index < name.steps.count {
            guard let (value, taken) = current.step(name.steps[index...]) else {
                let known = current.map?.keys ?? []
                return .undefined(nearest: Self.suggestion(for: name, at: index + 1, among: known))
            }
            (current, index) = (value, index + taken)
        }
        return .found(current)
    }

    /// The name with its wrong part replaced by the nearest known one.
    static func suggestion(for name: TemplateName, at position: Int, among known: [String]) -> String? {
        var steps = name.path.steps
        guard case .key(let wrong) = steps[position], let nearest = NearestName.of(wrong, among: known) else {
            return nil
        }
        steps[position] = .key(nearest)
        return ValuePath(steps).description
    }
}

extension Value {
    /// Takes the first step, or as many as one key with dots in it needs: `secrets.tls.key` has the one key `tls.key`.
    func step(_ steps: ArraySlice<ValuePath.Step>) -> (value: Value, taken: Int)? {
        guard let first = steps.first else { return nil }
        switch (self, first) {
        case (.list(let list), .index(let index)):
            return list.indices.contains(index) ? (list[index], 1) : nil
        case (.list(let list), .key("count")): return (.integer(list.count), 1)
        case (.list(let list), .key("first")): return list.first.map { ($0, 1) }
        case (.list(let list), .key("last")): return list.last.map { ($0, 1) }
        case (.map(let map), .key):
            for (key, taken) in joinedKeys(steps) { if let value = map[key] { return (value, taken) } }
            return first == .key("count") ? (.integer(map.count), 1) : nil
        case (.map(let map), .index(let index)): return map[String(index)].map { ($0, 1) }
        default: return nil
        }
    }
}

/// The keys that the next steps may be, longest first: `tls.key`, then `tls`.
func joinedKeys(_ steps: ArraySlice<ValuePath.Step>) -> [(key: String, taken: Int)] {
    var keys: [(key: String, taken: Int)] = []
    for step in steps.prefix(4) {
        guard case .key(let key) = step else { break }
        keys.append((keys.last.map { $0.key + "." + key } ?? key, keys.count + 1))
    }
    return keys.reversed()
}
