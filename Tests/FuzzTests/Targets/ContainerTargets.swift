// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import BundleReading
import Compression
import Cryptography
import FuzzInputs
import PackStorage
import Trust

/// What carries a release: the container, packs, and the encryption for the journey.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "container": { bytes in
            let bundle = try UnverifiedBundle.open(InputFile.holding(bytes))
            // Let in by its digest, as an operator may, so that what stands behind the signature is reached.
            let head = try bundle.proveHead(
                by: Keyring(keys: []), allowingUnsigned: Digest.ofBytes(bundle.claimed.checksums))
            _ = try head.verifyBody()
        },
        "xz": { try decompress(.xz, $0) },
        "zstd": { try decompress(.zstd, $0) },
        "delta": { try decodeDelta($0) },
        "zlib": { bytes in _ = try ZlibDecoder.bytes(of: bytes, limit: 1 << 20) },
        "age-header": { bytes in _ = try AgeHeader(parsing: bytes) },
        "age": { bytes in
            let reader = try AgeReader(InputBytes(bytes), fileBytes: Int64(bytes.count)) { ageIdentities }
            var place: Int64 = 0
            try withUnsafeTemporaryAllocation(byteCount: 70_000, alignment: 1) { buffer in
                while case let count = try reader.read(at: place, into: buffer), count > 0 { place += Int64(count) }
            }
            precondition(place == reader.size)
        },
        "age-keys": { bytes in
            _ = try? AgeRecipient.list(file: bytes)
            let secret = try SecretBytes(count: bytes.count) { $0.copyBytes(from: bytes) }
            _ = try AgeIdentity.list(file: secret)
        },
    ]

    /// Of the corpus's encrypted files (Tests/FuzzTests/seeds makes them with `age`).
    private static let ageIdentities: [AgeIdentity] = {
        let text = Array("AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33\n".utf8)
        let secret = try? SecretBytes(count: text.count) { $0.copyBytes(from: text) }
        return secret.flatMap { try? AgeIdentity.list(file: $0) } ?? []
    }()

    /// The first two bytes say how many bytes are declared; the rest is the stored form.
    private static func decompress(_ form: CompressedForm, _ bytes: [UInt8]) throws {
        guard bytes.count >= 2 else { return }
        let declared = Int64(bytes[0]) | Int64(bytes[1]) << 8
        let sink = CountingSink()
        defer { precondition(sink.count <= declared) }
        try Decompressor.decompress(
            form, from: InputStream(Array(bytes[2...])), storedBytes: Int64(bytes.count - 2), to: sink,
            unpackedBytes: declared)
    }

    private static let oldText = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 5) }
    private static let oldDigest = Digest.ofBytes(oldText)

    /// Against 4 KiB that are always the same. What the head says of them is put in: no fuzzer finds a SHA-256.
    private static func decodeDelta(_ bytes: [UInt8]) throws {
        guard bytes.count >= DeltaHead.size else { return }
        let old = OldContent(digest: oldDigest, size: Int64(oldText.count), bytes: InputBytes(oldText))
        let declared = Int64(bytes[48]) | Int64(bytes[49]) << 8
        let stored = bytes[..<8] + old.digest.bytes + [0, 0x10, 0, 0, 0, 0, 0, 0] + bytes[48...]
        let sink = CountingSink()
        defer { precondition(sink.count <= declared) }
        try DeltaDecoder.decode(
            from: InputStream(Array(stored)), storedBytes: Int64(stored.count), old: old, to: sink,
            unpackedBytes: declared, by: OwnDecoder())
    }
}
