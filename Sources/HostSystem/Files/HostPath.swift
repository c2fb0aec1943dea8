// SPDX-License-Identifier: Apache-2.0

/// A path on this machine. It is text with joints, not a promise that anything is there.
package struct HostPath: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }
    package init(stringLiteral value: String) { text = value }

    /// Joins with one `/`; an absolute component is joined, never taken as a new root.
    package func appending(_ component: some StringProtocol) -> HostPath {
        var left = Substring(text)
        while left.last == "/" { left.removeLast() }
        return HostPath("\(left)/\(component.drop { $0 == "/" })")
    }

    package static func / (left: HostPath, right: some StringProtocol) -> HostPath { left.appending(right) }

    /// The last component; empty for `/`.
    package var name: String { text.split(separator: "/").last.map(String.init) ?? "" }

    /// All but the last component: `/` for `/a`, `.` for `a`.
    package var parent: HostPath {
        var left = Substring(text)
        while left.count > 1, left.last == "/" { left.removeLast() }
        guard let slash = left.lastIndex(of: "/") else { return "." }
        return slash == left.startIndex ? "/" : HostPath(String(left[..<slash]))
    }

    package var isAbsolute: Bool { text.hasPrefix("/") }
    package var description: String { text }
    package static func < (left: HostPath, right: HostPath) -> Bool { left.text < right.text }
}
