// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLzma

/// Reads one `.xz` stream: no concatenation, a known check demanded, memory capped.
struct XZDecoder {
    let memoryLimit: Int

    func run(from input: MeasuredInput, to sink: any ByteSink) throws {
        let stream = XZStream(encodes: false)
        // The single-threaded decoder: CVE-2025-31115 lives in the other one. Without LZMA_CONCATENATED it stops at the
        // first stream's end, and what follows is found as trailing.
        try stream.prepare {
            lzma_stream_decoder($0, UInt64(memoryLimit), LZMA_TELL_NO_CHECK | LZMA_TELL_UNSUPPORTED_CHECK)
        }
        try stream.run(from: input, to: sink, memoryLimit: memoryLimit)
    }

    private var LZMA_TELL_NO_CHECK: UInt32 { 0x01 }
    private var LZMA_TELL_UNSUPPORTED_CHECK: UInt32 { 0x02 }
}
