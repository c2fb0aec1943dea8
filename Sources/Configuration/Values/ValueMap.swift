// SPDX-License-Identifier: Apache-2.0

/// A map of values that keeps the order in which its keys were written, so that whatever is made from it (a rendered
/// file, a skeleton, a message) has the same bytes on every run.
package struct ValueMap: Sendable {
    package private(set) var keys: [String] = []
    private var values: [String: Value] = [:]

    package init() {}

    /// - Parameter entries: a key given twice keeps its first place and its last value.
    package init(_ entries: some Sequence<(key: String, value: Value)>) {
        for (key, value) in entries { self[key] = value }
    }

    package var count: Int { keys.count }
    package var isEmpty: Bool { keys.isEmpty }

    package var entries: [(key: String, value: Value)] {
        keys.compactMap { key in values[key].map { (key, $0) } }
    }

    /// Setting nil removes the key.
    package subscript(key: String) -> Value? {
        get { values[key] }
        set {
            if newValue == nil {
                keys.removeAll { $0 == key }
            } else if values[key] == nil {
                keys.append(key)
            }
            values[key] = newValue
        }
    }

    func hasSameEntries(as other: ValueMap) -> Bool { values == other.values }
}

extension ValueMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension Value: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) {
        self = .map(ValueMap(elements.map { (key: $0.0, value: $0.1) }))
    }
}

extension Value: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self = .text(text) }
}

extension Value: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Value...) { self = .list(elements) }
}

extension Value: ExpressibleByIntegerLiteral {
    package init(integerLiteral integer: Int) { self = .integer(integer) }
}

extension Value: ExpressibleByBooleanLiteral {
    package init(booleanLiteral bool: Bool) { self = .bool(bool) }
}
