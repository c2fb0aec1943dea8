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

    package init(codec: PackCodec) {
        self.codec = codec
        shape = .separate
    }

    package init(_ preset: Preset) {
        switch preset {
        case .fast: (codec, shape) = (.quickXZ, .together)
        case .default: (codec, shape) = (.standard, .separate)
        case .small: (codec, shape) = (.extremeXZ, .together)
        }
    }

    package static let standard = Packing(.default)
}
