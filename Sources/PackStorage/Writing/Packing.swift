// SPDX-License-Identifier: Apache-2.0

/// All that decides what packs come out of contents: which go together, and how they are compressed. The presets' figures are
/// in docs/performance.md.
package struct Packing: Equatable, Sendable {
    package enum Preset: String, CaseIterable, Sendable {
        case fast
        case `default`
        case small
    }

    package let codec: PackCodec
    package let shape: PackShape
    /// Whether contents are coded against older ones, where there are some: it takes longer than anything else.
    package let codesDeltas: Bool

    /// - Parameter codesDeltas: not when an author names the codec: then packs have that one and no other.
    package init(codec: PackCodec, codesDeltas: Bool = false) {
        self.codec = codec
        shape = .separate
        self.codesDeltas = codesDeltas
    }

    package init(_ preset: Preset) {
        codesDeltas = preset != .fast
        switch preset {
        case .fast: (codec, shape) = (.quickXZ, .together)
        case .default: (codec, shape) = (.standard, .separate)
        case .small: (codec, shape) = (.extremeXZ, .together)
        }
    }

    package static let standard = Packing(.default)
}
