// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLzma

/// A liblzma coder and its two buffers. The handle is freed with the object, whatever was thrown.
final class XZStream {
    private let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    private let input: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer

    init(encodes: Bool) {
        // LZMA_STREAM_INIT is all zeros (lzma/base.h) and a macro that Swift does not see.
        stream.initialize(to: lzma_stream())
        if encodes { stream.pointee.allocator = bundle_tables() }
        input = .allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        output = .allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
        input.deallocate()
        output.deallocate()
    }

    /// Sets the coder up by one of liblzma's own initialisers.
    func prepare(_ initialise: (UnsafeMutablePointer<lzma_stream>) -> lzma_ret) throws {
        let result = initialise(stream)
        guard result == LZMA_OK else { throw XZStream.error(result, memoryLimit: 0) }
    }

    /// Runs the coder over the whole input. The stream must end exactly where the input does.
    func run(from source: MeasuredInput, to sink: any ByteSink, memoryLimit: Int) throws {
        while true {
            if stream.pointee.avail_in == 0, !source.isAtEnd {
                stream.pointee.avail_in = try source.fill(input)
                stream.pointee.next_in = UnsafePointer(input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            stream.pointee.avail_out = output.count
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let result = lzma_code(stream, source.isAtEnd ? LZMA_FINISH : LZMA_RUN)
            let made = output.count - stream.pointee.avail_out
            if made > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<made])) }
            if result == LZMA_STREAM_END {
                guard stream.pointee.avail_in == 0, source.isAtEnd else { throw CompressionError.trailingBytes(.xz) }
                return
            }
            guard result == LZMA_OK else { throw XZStream.error(result, memoryLimit: memoryLimit) }
        }
    }

    private static func error(_ result: lzma_ret, memoryLimit: Int) -> CompressionError {
        switch result {
        case LZMA_BUF_ERROR: .truncated(.xz)
        case LZMA_MEMLIMIT_ERROR: .memoryLimit(.xz, limit: memoryLimit)
        case LZMA_NO_CHECK, LZMA_UNSUPPORTED_CHECK: .unchecked
        default: .library(.xz, code: Int(result.rawValue))
        }
    }
}
