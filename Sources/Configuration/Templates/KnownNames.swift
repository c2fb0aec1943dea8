// SPDX-License-Identifier: Apache-2.0

/// The names that a template may use, without their values: what `create` and `lint` check templates against.
package struct KnownNames: Equatable, Sendable {
    package indirect enum Shape: Equatable, Sendable {
        /// Nothing is known: everything below it is allowed.
        case any
        case scalar
        case list(Shape)
        /// `isOpen`: other keys than these may be there.
        case map([String: Shape], isOpen: Bool)
    }

    package var names: [String: Shape]
    /// Whether `secret("ID")` may be asked: in sensitive config only.
    package var allowsSecrets = false

    package init(_ names: [String: Shape]) { self.names = names }

    /// What a name leads to; nil when nothing of that name can ever exist.
    func shape(of name: TemplateName, in loops: [[String: Shape]]) -> Shape? {
        let bound = loops.last { $0.keys.contains(name.root) }?[name.root]
        guard var current = bound ?? names[name.root] else { return nil }
        var rest = name.steps[...]
        while !rest.isEmpty {
            guard let (shape, taken) = current.step(rest) else { return nil }
            current = shape
            rest = rest.dropFirst(taken)
        }
        return current
    }
}

extension KnownNames.Shape {
    /// What a value promises: the maps in a default list every key that there is, null and empty lists say nothing.
    package init(_ value: Value) {
        switch value {
        case .null: self = .any
        case .bool, .integer, .number, .text: self = .scalar
        case .list(let list):
            let shapes = list.map { Self($0) }
            self = .list(shapes.dropFirst().reduce(shapes.first ?? .any) { $0.merged(with: $1) })
        case .map(let map):
            self = .map(
                Dictionary(map.entries.map { ($0.key, Self($0.value)) }) { first, _ in first }, isOpen: map.isEmpty)
        }
    }

    /// Both sources count: a key of either is known.
    package func merged(with other: Self) -> Self {
        switch (self, other) {
        case (.map(let left, let isOpen), .map(let right, let otherIsOpen)):
            .map(left.merging(right) { $0.merged(with: $1) }, isOpen: isOpen || otherIsOpen)
        case (.list(let left), .list(let right)): .list(left.merged(with: right))
        case (.scalar, .scalar): .scalar
        default: .any
        }
    }

    func step(_ steps: ArraySlice<ValuePath.Step>) -> (shape: Self, taken: Int)? {
        guard let first = steps.first else { return nil }
        switch (self, first) {
        case (.any, _): return (.any, 1)
        case (.list(let element), .index), (.list(let element), .key("first")), (.list(let element), .key("last")):
            return (element, 1)
        case (.list, .key("count")): return (.scalar, 1)
        case (.map(let map, let isOpen), _):
            for (key, taken) in joinedKeys(steps) { if let shape = map[key] { return (shape, taken) } }
            if first == .key("count") { return (.scalar, 1) }
            return isOpen ? (.any, 1) : nil
        default: return nil
        }
    }

    var keys: [String] {
        if case .map(let map, _) = self { Array(map.keys) } else { [] }
    }

    /// What a loop with one name goes through, nil when it cannot.
    func element(names: [String]) -> [String: Self]? {
        switch (self, names.count) {
        case (.any, _): Dictionary(names.map { ($0, .any) }) { first, _ in first }
        case (.list(let element), 1): [names[0]: element]
        case (.map, 1): [names[0]: .scalar]
        case (.map(let map, let isOpen), 2):
            [
                names[0]: .scalar,
                names[1]: isOpen
                    ? .any : map.values.dropFirst().reduce(map.values.first ?? .any) { $0.merged(with: $1) },
            ]
        default: nil
        }
    }
}
