// SPDX-License-Identifier: Apache-2.0

/// How much goes into one pack. Large packs give compression more to find; what changes is compressed again with all else
/// that is in its pack.
package struct PackShape: Equatable, Sendable {
    /// No pack holds more (format §3).
    package static let maximumBytes: Int64 = 64 << 20
    /// Less of a large content lies with others.
    static let leastLargeBytes: Int64 = 8 << 20
    /// What is left of a small program stays in its pack.
    static let leastRestBytes: Int64 = 2 << 20

    /// A pack does not end before it holds `atLeast`, and then after `onAverage` more.
    package struct Length: Equatable, Sendable {
        package let atLeast: Int64
        package let onAverage: Int64
    }

    /// A change is to cost little more than what changed: large contents each in packs of their own, and programs with others
    /// of their size. Those of middle size share packs: of what all programs of one language have in them, they have most.
    /// Small ones, which change most often, lie in packs so short that two processors are busy with one of them.
    package static let separate = PackShape(
        largeBytes: 32 << 20, smallProgramBytes: 12 << 20, separatesLarge: true,
        large: Length(atLeast: 32 << 20, onAverage: 16 << 20), programs: Length(atLeast: 40 << 20, onAverage: 16 << 20),
        smallPrograms: Length(atLeast: 5 << 20, onAverage: 2 << 20),
        others: Length(atLeast: 8 << 20, onAverage: 8 << 20))
    /// All in one row.
    package static let together = PackShape(
        largeBytes: 8 << 20, smallProgramBytes: 0, separatesLarge: false,
        large: Length(atLeast: 52 << 20, onAverage: 8 << 20), programs: Length(atLeast: 52 << 20, onAverage: 8 << 20),
        smallPrograms: Length(atLeast: 52 << 20, onAverage: 8 << 20),
        others: Length(atLeast: 52 << 20, onAverage: 8 << 20))

    /// What shares packs with its like.
    enum Size: Int {
        /// May be cut, and is long enough for packs of its own.
        case large
        case middle
        /// Machine code; may be cut, too.
        case small
    }

    /// Contents of this size or more are large, and programs of less than that are small.
    package let largeBytes: Int64
    let smallProgramBytes: Int64
    let separatesLarge: Bool
    let large: Length
    let programs: Length
    let smallPrograms: Length
    let others: Length

    /// By its content's size, so that what changes together is in packs that change together.
    func size(of portion: PackPortion) -> Size {
        if portion.content.size >= largeBytes, portion.size >= PackShape.leastLargeBytes { return .large }
        guard portion.kind.isOfPrograms, portion.content.size < smallProgramBytes else { return .middle }
        return .small
    }

    /// Where a pack ends.
    func length(of size: Size, _ kind: PackContent.Kind) -> Length {
        switch (size, kind) {
        case (.large, _): large
        case (.small, _): smallPrograms
        case (.middle, let kind): kind.isOfPrograms ? programs : others
        }
    }
}
