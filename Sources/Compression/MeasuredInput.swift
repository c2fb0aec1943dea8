// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The part of a source that belongs to one stream: exactly `size` bytes, given in full buffers, so that what an
/// encoder makes of them does not depend on how a file or a pipe happened to hand them out.
final class MeasuredInput {
    static let bufferBytes = 256 << 10

    private let source: any ByteSource
    private let size: Int64
    private var taken: Int64 = 0

    init(_ source: any ByteSource, size: Int64) {
        self.source = source
        self.size = size
    }

    /// Whether every byte was given out.
    var isAtEnd: Bool { taken == size }

    /// Fills the buffer, but for the last time. 0 only at the end.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = Int(min(Int64(buffer.count), size - taken))
        var filled = 0
        while filled < wanted {
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<wanted]))
            guard count > 0 else {
                throw CompressionError.tooShort(declared: size, found: taken + Int64(filled))
            }
            filled += count
        }
        taken += Int64(filled)
        return filled
    }
}

/// Lets through what was declared and not a byte more: the ceiling against decompression bombs.
final class CappedOutput: ByteSink {
    private let sink: any ByteSink
    private let declared: Int64
    private var given: Int64 = 0

    init(_ sink: any ByteSink, declared: Int64) {
        self.sink = sink
        self.declared = declared
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard Int64(bytes.count) <= declared - given else { throw CompressionError.tooLong(declared: declared) }
        try sink.write(bytes)
        given += Int64(bytes.count)
    }

    func finish() throws {
        guard given == declared else { throw CompressionError.tooShort(declared: declared, found: given) }
    }
}

/// The form that changes nothing.
enum RawCopy {
    static func run(from input: MeasuredInput, to sink: any ByteSink) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: MeasuredInput.bufferBytes, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try input.fill(buffer), count > 0 {
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
