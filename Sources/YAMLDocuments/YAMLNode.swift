// SPDX-License-Identifier: Apache-2.0

/// One node of a document with its place. Aliases are refused, so a tree is never larger than its text.
package struct YAMLNode: Equatable, Sendable {
    package indirect enum Content: Equatable, Sendable {
        /// In the order of the text; no key twice.
        case mapping([Pair])
        case sequence([YAMLNode])
        case scalar(YAMLScalar)
    }

    package struct Pair: Equatable, Sendable {
        /// Always a scalar.
        package let key: YAMLNode
        package let value: YAMLNode

        package init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }

        /// The key's text, whatever type it would resolve to: `1:` is the key "1".
        package var name: String { key.scalar?.text ?? "" }
    }

    package let place: Place
    /// Behind its last character, where it is a scalar that the text spells out: what an editor would replace.
    package let end: Place?
    package let content: Content

    package init(place: Place, end: Place? = nil, content: Content) {
        self.place = place
        self.end = end
        self.content = content
    }
}

extension YAMLNode {
    package var mapping: [Pair]? {
        if case .mapping(let pairs) = content { pairs } else { nil }
    }

    package var sequence: [YAMLNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }

    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var isNull: Bool { scalar?.value == .null }

    /// nil for anything but a boolean.
    package var bool: Bool? {
        if case .bool(let value)? = scalar?.value { value } else { nil }
    }

    /// nil for anything but an integer that fits.
    package var int: Int? {
        if case .int(let value)? = scalar?.value { value } else { nil }
    }

    /// nil for anything but a string: `8443` and `true` are not strings unless quoted.
    package var string: String? {
        if case .string(let value)? = scalar?.value { value } else { nil }
    }

    /// The value under a key of a mapping.
    package subscript(_ name: String) -> YAMLNode? { mapping?.first { $0.name == name }?.value }
}
