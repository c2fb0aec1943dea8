// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Cryptography
import TestSupport

final class ArraySink: ByteSink {
    private(set) var bytes: [UInt8] = []

    func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }
}

extension AgeReader {
    convenience init(bytes: [UInt8], _ identities: [AgeIdentity]) throws {
        try self.init(PlacedArray(bytes), fileBytes: Int64(bytes.count)) { identities }
    }

    /// All of it, in reads of one length.
    func whole(step: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: step)
        while case let count = try room.withUnsafeMutableBytes({ try read(at: Int64(all.count), into: $0) }), count > 0
        {
            all += room[..<count]
        }
        return all
    }
}

enum Age {
    static func encrypt(_ text: [UInt8], for recipients: AgeRecipient..., step: Int = 1 << 20) throws -> [UInt8] {
        let sink = ArraySink()
        let writer = try AgeWriter(to: sink, recipients: recipients)
        for start in stride(from: 0, to: text.count, by: step) {
            try Array(text[start..<min(text.count, start + step)]).withUnsafeBytes { try writer.write($0) }
        }
        try writer.finish()
        return sink.bytes
    }

    static func identities(_ text: String) throws -> [AgeIdentity] {
        var bytes = Array(text.utf8)
        return try AgeIdentity.list(file: SecretBytes(wiping: &bytes))
    }

    /// Bytes that differ from chunk to chunk.
    static func text(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 13) } }

    static func error(_ work: () throws -> Void) -> AgeError? {
        do { try work() } catch { return error as? AgeError }
        return nil
    }
}
