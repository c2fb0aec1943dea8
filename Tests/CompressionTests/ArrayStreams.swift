// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Gives bytes in steps of a chosen size, as a pipe would.
final class ArraySource: ByteSource {
    private let bytes: [UInt8]
    private let step: Int
    private(set) var position = 0

    init(_ bytes: [UInt8], step: Int = .max) {
        self.bytes = bytes
        self.step = step
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position, step)
        buffer.copyBytes(from: bytes[position..<(position + count)])
        position += count
        return count
    }
}

final class ArraySink: ByteSink {
    private(set) var bytes: [UInt8] = []

    func write(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}

/// Bytes with some structure, the same on every run.
func patterned(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { index in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return index % 7 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : UInt8(truncatingIfNeeded: index >> 6)
    }
}
