// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// How an author wants packs to be compressed: `xz[:0-9]`, `zstd[:1-19]` or `raw`.
package enum PackCodec: Equatable, Sendable, CustomStringConvertible {
    case xz(preset: Int)
    /// About `xz -0`, and `xz -9e`. No author names them: they are presets'.
    case quickXZ
    case extremeXZ
    case zstd(level: Int)
    case raw

    package static let standard = PackCodec.xz(preset: 6)
    /// Format §11.
    private static let maximumDictionaryBytes = 32 << 20

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let number = parts.count == 2 ? PackCodec.number(parts[1]) : nil
        guard parts.count == 1 || number != nil else { return nil }
        switch (parts[0], number) {
        case ("xz", let preset) where (0...9).contains(preset ?? 6): self = .xz(preset: preset ?? 6)
        case ("zstd", let level) where (1...19).contains(level ?? 19): self = .zstd(level: level ?? 19)
        case ("raw", nil): self = .raw
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .xz(let preset): "xz:\(preset)"
        case .quickXZ: "xz, quick"
        case .extremeXZ: "xz:9e"
        case .zstd(let level): "zstd:\(level)"
        case .raw: "raw"
        }
    }

    /// What one pack is compressed with.
    func settings(for pack: PackPlan.Pack) -> CompressionSettings {
        switch self {
        case .raw: .raw
        case .zstd(let level): .zstd(level: level)
        case .xz(let preset): .xz(PackCodec.settings(preset: preset, .usual, for: pack))
        case .quickXZ: .xz(PackCodec.settings(preset: 0, .quick, for: pack))
        case .extremeXZ: .xz(PackCodec.settings(preset: 9, .extreme, for: pack))
        }
    }

    /// The dictionary covers a pack and no more than a reader is asked for: an encoder needs 11 times as much.
    private static func settings(preset: Int, _ effort: XZSettings.Effort, for pack: PackPlan.Pack) -> XZSettings {
        let dictionary = XZSettings.dictionary(covering: pack.unpackedBytes, maximum: maximumDictionaryBytes)
        let filter: XZSettings.BranchFilter? =
            switch pack.kind {
            case .machineCode(.amd64): .x86
            case .machineCode(.arm64): .arm64
            case .programData, .other, .compressed: nil
            }
        return XZSettings(preset: preset, effort: effort, dictionaryBytes: dictionary, filter: filter)
    }

    /// One or two digits in their one spelling.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard let number = Int(text), String(number) == text else { return nil }
        return number
    }
}
