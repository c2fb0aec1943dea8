// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Passes bytes on and shows them to somebody else, who so sees every byte once and in order.
final class TappedSource: ByteSource {
    private let source: any ByteSource
    private let each: (UnsafeRawBufferPointer) -> Void
    /// What was read ahead, and is shown when it is passed on.
    private var ahead: [UInt8] = []
    /// What the source threw. Who reads through a library hears of it in other words.
    private(set) var failure: (any Error)?
    /// Bytes that were passed on.
    private(set) var passed: Int64 = 0

    init(_ source: any ByteSource, _ each: @escaping (UnsafeRawBufferPointer) -> Void) {
        self.source = source
        self.each = each
    }

    var isCompressed: Bool {
        get throws {
            ahead = [UInt8](repeating: 0, count: CompressedBytes.headBytes)
            let filled = try ahead.withUnsafeMutableBytes { buffer in
                var filled = 0
                while filled < buffer.count {
                    let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                    if count == 0 { break }
                    filled += count
                }
                return filled
            }
            ahead.removeLast(ahead.count - filled)
            return CompressedBytes.begin(ahead)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try Task.checkCancellation()
        var count = min(ahead.count, buffer.count)
        if count > 0 {
            buffer.copyBytes(from: ahead[..<count])
            ahead.removeFirst(count)
        } else {
            do {
                count = try source.read(into: buffer)
            } catch {
                failure = error
                throw error
            }
        }
        passed += Int64(count)
        each(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Reads what is left.
    func drain() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while try read(into: buffer) > 0 {}
    }
}
