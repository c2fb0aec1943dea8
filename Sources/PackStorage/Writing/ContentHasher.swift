// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Takes a content once and says what there is to pack.
package struct ContentHasher {
    private var whole = SHA256Hasher()
    private var size: Int64 = 0
    private var head: [UInt8] = []
    private var cutter = ChunkCutter()
    private var chunk = SHA256Hasher()
    private var chunkLength = 0
    private var chunks: [PackContent.Chunk] = []
    private var code = CodeFinder()
    private var isCode = false

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        whole.update(bytes)
        code.take(bytes)
        if head.count < CompressedBytes.headBytes { head += bytes.prefix(CompressedBytes.headBytes - head.count) }
        var rest = bytes
        while !rest.isEmpty {
            let stretch = code.stretch(at: size)
            isCode = stretch.isCode
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<Int(min(Int64(rest.count), stretch.length))])
            let (count, isEnd) = cutter.take(piece)
            chunk.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            chunkLength += count
            size += Int64(count)
            // Code begins a chunk, and so the same program is the same chunks wherever it stands.
            if isEnd || Int64(count) == stretch.length { endChunk() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// - Parameter kind: what is known of it otherwise; bytes that are compressed already, and archives with executables in
    ///   them, say so themselves.
    package mutating func content(kind: PackContent.Kind, path: String) -> PackContent {
        if chunkLength > 0 { endChunk() }
        var kind = kind
        if CompressedBytes.begin(head) {
            kind = .compressed
        } else if kind == .other, let architecture = code.architecture {
            kind = .machineCode(architecture)
        }
        return PackContent(
            digest: whole.finalize(), size: size, kind: kind, path: path, chunks: chunks.count == 1 ? [] : chunks,
            besideCode: code.isMostlyPrograms ? .programData : .other)
    }

    private mutating func endChunk() {
        chunks.append(PackContent.Chunk(length: chunkLength, digest: chunk.finalize(), isCode: isCode))
        (chunk, chunkLength, cutter) = (SHA256Hasher(), 0, ChunkCutter())
    }

    /// - Throws: what the source throws; `CancellationError` in a cancelled task.
    package static func content(of source: any ByteSource, kind: PackContent.Kind, path: String) throws -> PackContent {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = ContentHasher()
        while true {
            try Task.checkCancellation()
            let count = try source.read(into: buffer)
            if count == 0 { return hasher.content(kind: kind, path: path) }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
