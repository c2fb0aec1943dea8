// SPDX-License-Identifier: Apache-2.0

/// Where a value stands inside its document: `log.level`, `peers[2].name`; the whole document is the empty path.
package struct ValuePath: Hashable, Sendable, CustomStringConvertible {
    package enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    package var steps: [Step]

    package init(_ steps: [Step] = []) { self.steps = steps }

    package func appending(_ key: String) -> ValuePath { ValuePath(steps + [.key(key)]) }
    package func appending(_ index: Int) -> ValuePath { ValuePath(steps + [.index(index)]) }

    /// A key that is not a plain name is quoted, so that a dot inside it cannot be read as a step.
    package var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where Self.isPlain(key): text += text.isEmpty ? key : ".\(key)"
            case .key(let key): text += "[\"\(key)\"]"
            }
        }
        return text
    }

    private static func isPlain(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.allSatisfy { $0 == 0x5f || $0 == 0x2d || isLetterOrDigit($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
