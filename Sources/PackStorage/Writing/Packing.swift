// SPDX-License-Identifier: Apache-2.0

/// All that decides what packs come out of contents: which go together, and how they are compressed. The presets' figures are
/// in docs/performance.md.
package struct Packing: Equatable, Sendable {
    package enum Preset: String, CaseIterable, Sendable {
        case fast
        case `default`
        case small
    }

    /// Of machine code.
    package let codec: PackCodec
    /// Of all else that is to be compressed.
    let codecBesideCode: PackCodec
    package let shape: PackShape
    /// Whether contents are coded against older ones, where there are some: it takes longer than anything else.
    package let codesDeltas: Bool

    /// - Parameter codesDeltas: not when an author names the codec: then packs have that one and no other.
    package init(codec: PackCodec, codesDeltas: Bool = false) {
        (self.codec, codecBesideCode) = (codec, codec)
        shape = .separate
        self.codesDeltas = codesDeltas
    }

    package init(_ preset: Preset) {
        codesDeltas = preset != .fast
        switch preset {
        case .fast: (codec, codecBesideCode, shape) = (.quickXZ, .zstd(level: 9), .together)
        case .default: (codec, codecBesideCode, shape) = (.standard, .standard, .separate)
        case .small: (codec, codecBesideCode, shape) = (.extremeXZ, .extremeXZ, .together)
        }
    }

    /// What packs of a kind are stored as.
    func codec(for kind: PackContent.Kind) -> PackCodec {
        switch kind {
        case .machineCode: codec
        case .programData, .other: codecBesideCode
        case .compressed: .raw
        }
    }

    package static let standard = Packing(.default)
}
