// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CZstd

/// Reads one zstd frame, which must end exactly where the input does.
struct ZstdDecoder {
    let memoryLimit: Int

    func run(from source: MeasuredInput, to sink: any ByteSink) throws {
        guard let context = ZSTD_createDCtx() else { throw CompressionError.library(.zstd, code: 64) }
        defer { ZSTD_freeDCtx(context) }
        try ZstdResult.check(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog))
        let input = UnsafeMutableRawBufferPointer.allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        defer {
            input.deallocate()
            output.deallocate()
        }
        var isFrameWhole = false
        while !source.isAtEnd {
            var waiting = ZSTD_inBuffer(src: input.baseAddress, size: try source.fill(input), pos: 0)
            var isFull = false
            while waiting.pos < waiting.size || isFull {
                guard !isFrameWhole else { throw CompressionError.trailingBytes(.zstd) }
                var made = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                let left = try ZstdResult.check(
                    ZSTD_decompressStream(context, &made, &waiting), memoryLimit: memoryLimit)
                if made.pos > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<made.pos])) }
                isFrameWhole = left == 0
                // A full buffer may mean that the library still holds decoded bytes.
                isFull = made.pos == made.size && !isFrameWhole
            }
        }
        guard isFrameWhole else { throw CompressionError.truncated(.zstd) }
    }

    /// The largest window, as a power of two, that fits the limit.
    private var windowLog: Int32 {
        let log = Int.bitWidth - 1 - max(memoryLimit, 1 << 10).leadingZeroBitCount
        return Int32(min(log, 31))
    }
}

/// Tells libzstd's errors from its sizes.
enum ZstdResult {
    @discardableResult
    static func check(_ result: Int, memoryLimit: Int = 0) throws -> Int {
        guard ZSTD_isError(result) != 0 else { return result }
        // An error is returned as minus its code (zstd_errors.h), which is 16 for a window that is too large.
        let code = -result
        throw code == 16
            ? CompressionError.memoryLimit(.zstd, limit: memoryLimit) : CompressionError.library(.zstd, code: code)
    }
}
