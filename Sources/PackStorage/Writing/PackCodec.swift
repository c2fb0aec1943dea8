// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// How an author wants packs to be compressed: `xz[:0-9]`, `zstd[:1-19]` or `raw`.
package enum PackCodec: Equatable, Sendable, CustomStringConvertible {
    case xz(preset: Int)
    case zstd(level: Int)
    case raw

    package static let standard = PackCodec.xz(preset: 6)

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
        case .zstd(let level): "zstd:\(level)"
        case .raw: "raw"
        }
    }

    /// What packs of a kind are stored as.
    func choice(for kind: PackContent.Kind) -> PackCodec { kind == .compressed ? .raw : self }

    /// What one pack is compressed with. The dictionary covers a pack and no more: an encoder needs 11 times as much.
    func settings(for pack: PackPlan.Pack) -> CompressionSettings {
        switch self {
        case .raw: return .raw
        case .zstd(let level): return .zstd(level: level)
        case .xz(let preset):
            let dictionary = XZSettings.dictionary(
                covering: pack.unpackedBytes, maximum: Int(PackPlan.maximumBytes))
            let filter: XZSettings.BranchFilter? =
                switch pack.kind {
                case .executable(.amd64): .x86
                case .executable(.arm64): .arm64
                case .other, .compressed: nil
                }
            return .xz(XZSettings(preset: preset, dictionaryBytes: dictionary, filter: filter))
        }
    }

    /// One or two digits in their one spelling.
    private static func number(_ text: some StringProtocol) -> Int? {
        guard let number = Int(text), String(number) == text else { return nil }
        return number
    }
}
