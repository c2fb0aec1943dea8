// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Encrypts a stream for recipients as it goes by: the header at once, then each 64 KiB as they are full. It holds two
/// chunks, whatever the size of the file.
package final class AgeWriter: ByteSink {
    private let sink: any ByteSink
    private let key: SecretBytes
    private var text: [UInt8] = []
    private var sealed = [UInt8](repeating: 0, count: AgeChunks.sealedBytes)
    private var number: Int64 = 0
    private var isFinished = false

    /// - Parameter recipients: any of them can open the file; at least one, each counted once.
    /// - Throws: `AgeError.key`, `CryptographyError`, what the sink throws.
    package init(to sink: any ByteSink, recipients: [AgeRecipient]) throws {
        var seen: Set<AgeRecipient> = []
        let distinct = recipients.filter { seen.insert($0).inserted }
        guard !distinct.isEmpty else { throw AgeError.key(.none, line: 1) }
        guard distinct.count <= AgeRecipient.limit else {
            throw AgeError.key(.tooMany(limit: AgeRecipient.limit), line: 1)
        }
        let fileKey = try SecretBytes.random(count: AgeStanza.fileKeyBytes)
        let nonce = try Randomness.bytes(AgeChunks.nonceBytes)
        key = try AgeChunks.key(fileKey: fileKey, nonce: nonce)
        self.sink = sink
        text.reserveCapacity(AgeChunks.textBytes)
        let start = try AgeHeader.bytes(wrapping: fileKey, for: distinct) + nonce
        try start.withUnsafeBytes { try sink.write($0) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        precondition(!isFinished, "nothing follows the last chunk")
        var rest = bytes[...]
        while !rest.isEmpty {
            // A full chunk waits for the byte behind it: only then is it known not to be the last.
            if text.count == AgeChunks.textBytes { try seal(isLast: false) }
            let part = rest.prefix(AgeChunks.textBytes - text.count)
            text.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Seals the last chunk. A file without it counts as cut.
    package func finish() throws {
        precondition(!isFinished, "there is one last chunk")
        try seal(isLast: true)
        isFinished = true
    }

    private func seal(isLast: Bool) throws {
        let count = text.count + ChaCha20Poly1305.tagBytes
        let nonce = AgeChunks.nonce(number, isLast: isLast)
        try sealed.withUnsafeMutableBytes { sealed in
            let target = UnsafeMutableRawBufferPointer(rebasing: sealed[..<count])
            text.withUnsafeBytes { ChaCha20Poly1305.seal($0, key: key, nonce: nonce, into: target) }
            try sink.write(UnsafeRawBufferPointer(target))
        }
        text.removeAll(keepingCapacity: true)
        number += 1
    }
}
