// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLzma

/// Makes one `.xz` stream on one thread, so that its bytes depend on nothing but settings and input.
struct XZEncoder {
    private static let x86: lzma_vli = 0x04
    private static let arm64: lzma_vli = 0x0A
    private static let lzma2: lzma_vli = 0x21
    private static let endOfChain = lzma_vli.max
    private static let extreme: UInt32 = 1 << 31

    private let settings: XZSettings

    init(_ settings: XZSettings) throws {
        guard (0...9).contains(settings.preset), (4096...(64 << 20)).contains(settings.dictionaryBytes) else {
            throw CompressionError.badSettings
        }
        self.settings = settings
    }

    func run(from input: MeasuredInput, to sink: any ByteSink) throws {
        var options = lzma_options_lzma()
        let preset = UInt32(settings.preset) | (settings.effort == .extreme ? XZEncoder.extreme : 0)
        guard lzma_lzma_preset(&options, preset) == 0 else { throw CompressionError.badSettings }
        options.dict_size = UInt32(settings.dictionaryBytes)
        if settings.effort == .quick {
            options.mf = LZMA_MF_HC4
            options.depth = 3
        }
        let stream = XZStream(encodes: true)
        try withUnsafeMutablePointer(to: &options) { options in
            // The options must outlive the initialiser only: liblzma copies them.
            var chain: [lzma_filter] = []
            switch settings.filter {
            case .x86: chain.append(lzma_filter(id: XZEncoder.x86, options: nil))
            case .arm64: chain.append(lzma_filter(id: XZEncoder.arm64, options: nil))
            case nil: break
            }
            chain.append(lzma_filter(id: XZEncoder.lzma2, options: options))
            chain.append(lzma_filter(id: XZEncoder.endOfChain, options: nil))
            try stream.prepare { lzma_stream_encoder($0, chain, LZMA_CHECK_CRC64) }
        }
        try stream.run(from: input, to: sink, memoryLimit: 0)
    }
}
