// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
import Synchronization

/// The plaintext of an age file, read at any place. Each chunk is authenticated whole before a byte of it goes out, and the
/// last one before all: so the size is the writer's, and a file that was cut or lengthened is refused at once.
///
/// Nothing of it is written anywhere. Several threads may read; one chunk is kept for small reads.
package final class AgeReader: PlacedBytes, @unchecked Sendable {
    /// Bytes of plaintext.
    package let size: Int64
    private let source: any PlacedBytes
    private let key: SecretBytes
    /// Where the first chunk begins.
    private let start: Int64
    private let chunks: Int64
    private let kept: Mutex<Kept>

    private struct Kept {
        var number: Int64 = -1
        var text: [UInt8] = []
    }

    /// - Parameters:
    ///   - source: may be read by several threads at once.
    ///   - fileBytes: of the encrypted file.
    ///   - identities: asked for when the header is well formed; one that opens it suffices.
    /// - Throws: `AgeError`, `CryptographyError`, what source and identities throw.
    package init(_ source: any PlacedBytes, fileBytes: Int64, identities: () throws -> [AgeIdentity]) throws {
        var bytes = [UInt8](repeating: 0, count: Int(min(fileBytes, Int64(AgeHeader.limit))))
        let count = try bytes.withUnsafeMutableBytes { try source.fill(at: 0, $0) }
        guard count == bytes.count else { throw AgeError.changedWhileRead }
        let header = try AgeHeader(parsing: bytes)
        let fileKey = try header.fileKey(with: identities())
        var nonce = [UInt8](repeating: 0, count: AgeChunks.nonceBytes)
        guard try nonce.withUnsafeMutableBytes({ try source.fill(at: Int64(header.count), $0) }) == nonce.count else {
            throw AgeError.header(.noNonce, offset: header.count)
        }
        key = try AgeChunks.key(fileKey: fileKey, nonce: nonce)
        start = Int64(header.count + AgeChunks.nonceBytes)
        let sealed = fileBytes - start
        let whole = Int64(AgeChunks.sealedBytes)
        chunks = max(1, (sealed + whole - 1) / whole)
        let last = sealed - (chunks - 1) * whole
        let tag = Int64(ChaCha20Poly1305.tagBytes)
        // An empty chunk is there only when it is the first; less than a tag is none at all.
        guard last > tag || (last == tag && chunks == 1) else { throw AgeError.cut(offset: fileBytes) }
        size = sealed - chunks * tag
        self.source = source
        kept = Mutex(Kept())
        // age.md: whoever reads from elsewhere than the beginning proves the last chunk first.
        do {
            let text = try chunk(chunks - 1)
            kept.withLock { $0 = Kept(number: chunks - 1, text: text) }
        } catch AgeError.damagedChunk(let offset) {
            // A chunk that is whole and not the last: the file was cut between two.
            let isInner = (try? open(chunks - 1, isLast: false)) != nil
            throw isInner ? AgeError.cut(offset: fileBytes) : AgeError.badEnd(offset: offset, fileBytes: fileBytes)
        }
    }

    private init(_ source: any PlacedBytes, like other: AgeReader) {
        self.source = source
        (size, key, start, chunks) = (other.size, other.key, other.start, other.chunks)
        kept = Mutex(Kept())
    }

    /// The same plaintext through another opening of the same file.
    package func over(_ source: any PlacedBytes) -> AgeReader { AgeReader(source, like: self) }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < buffer.count, offset + Int64(done) < size {
            let place = offset + Int64(done)
            let number = place / Int64(AgeChunks.textBytes)
            let from = Int(place % Int64(AgeChunks.textBytes))
            let length = textBytes(number)
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            if from == 0, rest.count >= length {
                try open(number, into: UnsafeMutableRawBufferPointer(rebasing: rest[..<length]))
                done += length
            } else {
                done += try copy(number, from: from, into: rest)
            }
        }
        return done
    }

    /// A part of a chunk, which is kept: what is read next is mostly its neighbour.
    private func copy(_ number: Int64, from: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try kept.withLock { kept in
            if kept.number != number { kept = Kept(number: number, text: try chunk(number)) }
            let part = kept.text[from..<min(kept.text.count, from + buffer.count)]
            buffer.copyBytes(from: part)
            return part.count
        }
    }

    private func chunk(_ number: Int64) throws -> [UInt8] {
        var text = [UInt8](repeating: 0, count: textBytes(number))
        try text.withUnsafeMutableBytes { try open(number, into: $0) }
        return text
    }

    private func textBytes(_ number: Int64) -> Int {
        number < chunks - 1 ? AgeChunks.textBytes : Int(size - (chunks - 1) * Int64(AgeChunks.textBytes))
    }

    private func open(_ number: Int64, isLast: Bool) throws {
        var text = [UInt8](repeating: 0, count: textBytes(number))
        try text.withUnsafeMutableBytes { try open(number, isLast: isLast, into: $0) }
    }

    private func open(_ number: Int64, into text: UnsafeMutableRawBufferPointer) throws {
        try open(number, isLast: number == chunks - 1, into: text)
    }

    private func open(_ number: Int64, isLast: Bool, into text: UnsafeMutableRawBufferPointer) throws {
        let offset = start + number * Int64(AgeChunks.sealedBytes)
        let sealed = UnsafeMutableRawBufferPointer.allocate(
            byteCount: text.count + ChaCha20Poly1305.tagBytes, alignment: 16)
        defer { sealed.deallocate() }
        guard try source.fill(at: offset, sealed) == sealed.count else { throw AgeError.changedWhileRead }
        let nonce = AgeChunks.nonce(number, isLast: isLast)
        guard ChaCha20Poly1305.open(UnsafeRawBufferPointer(sealed), key: key, nonce: nonce, into: text) else {
            throw AgeError.damagedChunk(offset: offset)
        }
    }
}
