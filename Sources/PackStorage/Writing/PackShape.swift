// SPDX-License-Identifier: Apache-2.0

/// How much goes into one pack. Large packs give compression more to find; what changes is compressed again with all else
/// that is in its pack.
package struct PackShape: Equatable, Sendable {
    /// No pack holds more (format §3).
    package static let maximumBytes: Int64 = 64 << 20

    /// A pack does not end before it holds `atLeast`, and then after `onAverage` more.
    package struct Length: Equatable, Sendable {
        package let atLeast: Int64
        package let onAverage: Int64
    }

    /// Large contents each in packs of their own: a large program that changed is compressed again, and its neighbours are not.
    /// Smaller programs share packs: of what all programs of one language have in them, they have most.
    package static let separate = PackShape(
        largeBytes: 32 << 20, separatesLarge: true, large: Length(atLeast: 32 << 20, onAverage: 16 << 20),
        programs: Length(atLeast: 40 << 20, onAverage: 16 << 20), others: Length(atLeast: 8 << 20, onAverage: 8 << 20))
    /// All in one row.
    package static let together = PackShape(
        largeBytes: 8 << 20, separatesLarge: false, large: Length(atLeast: 52 << 20, onAverage: 8 << 20),
        programs: Length(atLeast: 52 << 20, onAverage: 8 << 20), others: Length(atLeast: 52 << 20, onAverage: 8 << 20))

    /// A content of this size or more may be cut.
    package let largeBytes: Int64
    let separatesLarge: Bool
    let large: Length
    let programs: Length
    let others: Length

    /// Where a pack of contents that are not large ends.
    func length(of kind: PackContent.Kind) -> Length {
        switch kind {
        case .machineCode: programs
        case .other, .compressed: others
        }
    }
}
