// SPDX-License-Identifier: Apache-2.0

/// How to compress one stream. The same settings and input give the same bytes for one version of the libraries.
package enum CompressionSettings: Equatable, Sendable {
    case xz(XZSettings)
    /// Level 1 to 19.
    case zstd(level: Int)
    case raw

    package var form: CompressedForm {
        switch self {
        case .xz: .xz
        case .zstd: .zstd
        case .raw: .raw
        }
    }
}

/// One `.xz` stream of one block: LZMA2, behind a branch filter for executables, with a CRC64.
package struct XZSettings: Equatable, Sendable {
    /// Machine code compresses better when the targets of its calls are made absolute first.
    package enum BranchFilter: Equatable, Sendable {
        case x86
        case arm64
    }

    /// How long is looked for what matches.
    package enum Effort: String, Sendable {
        /// At the next three candidates, of four bytes that are alike: with preset 0, smaller by 3 % than three bytes and four
        /// candidates, for a sixth more time.
        case quick
        /// As the preset says.
        case usual
        /// As `xz -e`.
        case extreme
    }

    /// 0 to 9, as `xz -N`.
    package var preset: Int
    package var effort: Effort
    /// Bytes, 4 KiB to 64 MiB. The encoder needs about 11 times as much memory, the decoder as much.
    package var dictionaryBytes: Int
    package var filter: BranchFilter?

    package init(
        preset: Int, effort: Effort = .usual, dictionaryBytes: Int, filter: BranchFilter? = nil
    ) {
        self.preset = preset
        self.effort = effort
        self.dictionaryBytes = dictionaryBytes
        self.filter = filter
    }

    /// The smallest dictionary that covers a whole stream, of the sizes that the format can name (2^n and 2^n + 2^(n-1),
    /// xz-file-format §5.3.1), and at most `maximum`.
    package static func dictionary(covering bytes: Int64, maximum: Int) -> Int {
        var power = 1 << 16
        while power < maximum {
            if Int64(power) >= bytes { return power }
            if Int64(power + power / 2) >= bytes { return min(power + power / 2, maximum) }
            power *= 2
        }
        return maximum
    }
}
