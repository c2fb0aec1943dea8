// SPDX-License-Identifier: Apache-2.0
import CLzma
import CZstd

extension CompressionSettings {
    /// Raised whenever the same settings come to give other bytes by our own doing.
    private static let encoder = 2

    /// All that decides what bytes come out of given ones: one line, for comparing with another and nothing else.
    package var identity: String {
        switch self {
        case .xz(let xz):
            let filter =
                switch xz.filter {
                case .x86: "x86"
                case .arm64: "arm64"
                case nil: "none"
                }
            return
                "xz \(Self.encoder) liblzma \(lzma_version_number()) preset \(xz.preset) effort \(xz.effort.rawValue) "
                + "dictionary \(xz.dictionaryBytes) filter \(filter)"
        case .zstd(let level): return "zstd \(Self.encoder) libzstd \(ZSTD_versionNumber()) level \(level)"
        case .raw: return "raw \(Self.encoder)"
        }
    }
}
