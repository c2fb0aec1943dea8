// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CZstd

/// Makes one zstd frame with its content size and checksum, on one thread.
struct ZstdEncoder {
    /// 2^25 = 32 MiB: as far back as a pack's xz dictionary reaches, and what `ZstdDecoder` allows.
    private static let windowLog: Int32 = 25
    /// Below it a level's tables have forgotten what lies a few MiB back, and long matches are looked for apart from others:
    /// by that, level 9 makes programs' data smaller by 15 %. From it on they are found anyway, and it does harm.
    private static let leastFarSeeingLevel = 12

    private let level: Int
    private let size: Int64

    init(level: Int, size: Int64) throws {
        guard (1...19).contains(level) else { throw CompressionError.badSettings }
        self.level = level
        self.size = size
    }

    func run(from source: MeasuredInput, to sink: any ByteSink) throws {
        guard let context = ZSTD_createCCtx() else { throw CompressionError.library(.zstd, code: 64) }
        defer { ZSTD_freeCCtx(context) }
        try ZstdResult.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)))
        try ZstdResult.check(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, ZstdEncoder.windowLog))
        let looksFar: Int32 = level < ZstdEncoder.leastFarSeeingLevel ? 1 : 0
        try ZstdResult.check(ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, looksFar))
        try ZstdResult.check(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
        // Known beforehand, so that parameters, and so the bytes, do not depend on how the input arrives.
        try ZstdResult.check(ZSTD_CCtx_setPledgedSrcSize(context, UInt64(size)))
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        defer {
            input.deallocate()
            output.deallocate()
        }
        var finished = false
        while !finished {
            var waiting = ZSTD_inBuffer(src: input.baseAddress, size: try source.fill(input), pos: 0)
            let last = source.isAtEnd
            var drained = false
            while !drained {
                var made = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                let left = try ZstdResult.check(
                    ZSTD_compressStream2(context, &made, &waiting, last ? ZSTD_e_end : ZSTD_e_continue))
                if made.pos > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<made.pos])) }
                drained = last ? left == 0 : waiting.pos == waiting.size
            }
            finished = last
        }
    }
}
