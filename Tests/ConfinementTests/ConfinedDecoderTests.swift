// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Confinement
import Glibc
import HostSystem
import Synchronization
import Testing

private let xz = CompressionSettings.xz(XZSettings(preset: 1, dictionaryBytes: 1 << 20))
private let zstd = CompressionSettings.zstd(level: 3)

/// A confined child does what the decoder in this process does: the same bytes, the same faults.
@Suite(.serialized)
struct ConfinedDecoderTests {
    @Test(arguments: [xz, zstd, .raw], [0, 1, 5000, 3 << 20])
    func sameBytes(settings: CompressionSettings, count: Int) throws {
        let bytes = patterned(count)
        let stored = try compressed(bytes, settings)
        let decoder = ConfinedDecoder { try Probe.child() }
        for _ in 0..<3 { #expect(try decoded(decoder, settings.form, stored, Int64(count)) == bytes) }
    }

    @Test(arguments: [xz, zstd])
    func sameFaults(settings: CompressionSettings) throws {
        let stored = try compressed(patterned(3000), settings)
        let started = Atomic(0)
        let decoder = ConfinedDecoder {
            started.add(1, ordering: .relaxed)
            return try Probe.child()
        }
        let broken: [([UInt8], Int64)] = [
            (Array(stored.dropLast()), 3000), (stored + [7], 3000), (stored, 2999), (stored, 3001),
            (Array(stored.prefix(40)), 3000), ([], 3000), (Array(stored.map { $0 ^ 0x5a }), 3000),
            (try compressed([UInt8](repeating: 0, count: 50 << 20), settings), 1 << 20),
        ]
        for (bytes, declared) in broken {
            let own = #expect(throws: CompressionError.self) {
                _ = try decoded(OwnDecoder(), settings.form, bytes, declared)
            }
            let confined = #expect(throws: CompressionError.self) {
                _ = try decoded(decoder, settings.form, bytes, declared)
            }
            #expect(own == confined)
            #expect(try decoded(decoder, settings.form, stored, 3000) == patterned(3000), "the next one is served")
        }
        #expect(started.load(ordering: .relaxed) == broken.count + 1, "after a fault another child, else the same")
    }

    /// A segment of a pack that refers to an older content comes with its window, and is decoded by the child alone.
    @Test func aSegmentWithItsWindow() throws {
        let (bytes, window) = (patterned(3000), patterned(500))
        let streams = Collected()
        try DictionaryCoder.encode(bytes, dictionary: window, to: streams)
        let head = DeltaSegment(
            length: 3000, filter: nil, windowOffset: 0, windowLength: 500, address: 0, copies: 0, controlBytes: 0,
            controlStored: 0, copiedBytes: 0, differencesStored: 0, literalsStored: streams.bytes.count)
        let whole = head.bytes + window + streams.bytes
        let decoder = ConfinedDecoder { try Probe.child() }
        for _ in 0..<2 { #expect(try decoded(decoder, .delta, whole, 3000) == bytes) }
        var broken = whole
        broken[4] = 9
        let faults: [([UInt8], Int64)] = [
            (broken, 3000), (whole, 2999), (whole, 3001), (Array(whole.dropLast()), 3000), (whole + [0], 3000),
            (Array(whole.prefix(47)), 3000), (head.bytes + patterned(501) + streams.bytes, 3000),
        ]
        for (bytes, declared) in faults {
            let own = #expect(throws: CompressionError.self) { _ = try decoded(OwnDecoder(), .delta, bytes, declared) }
            let confined = #expect(throws: CompressionError.self) { _ = try decoded(decoder, .delta, bytes, declared) }
            #expect(own == confined)
        }
    }

    @Test func aSourceThatEndsEarlyIsNamed() throws {
        let stored = try compressed(patterned(3000), xz)
        #expect(throws: CompressionError.tooShort(declared: 9000, found: Int64(stored.count))) {
            let decoder = ConfinedDecoder { try Probe.child() }
            try decoder.decode(.xz, from: Bytes(stored), storedBytes: 9000, to: Collected(), unpackedBytes: 3000)
        }
    }

    /// What the sink has to say comes out, and no child stays behind.
    @Test func aFullDiskIsTheSinksToTell() throws {
        struct Full: Error {}
        final class FullSink: ByteSink {
            func write(_ bytes: UnsafeRawBufferPointer) throws { throw Full() }
        }
        let stored = try compressed(patterned(9 << 20), zstd)
        let decoder = ConfinedDecoder { try Probe.child() }
        #expect(throws: Full.self) {
            try decoder.decode(
                .zstd, from: Bytes(stored), storedBytes: Int64(stored.count), to: FullSink(), unpackedBytes: 9 << 20)
        }
    }

    static let lies: [(String, DecoderFault)] = [
        ("mute", .silent), ("exits", .ended(status: 7)), ("naked", .notConfined(call: "layers", code: 0)),
        ("too-long", .disobeyed), ("one-too-many", .disobeyed), ("no-verdict", .disobeyed),
        ("done-early", .disobeyed), ("talks-on", .disobeyed), ("hangs", .silent), ("sigsys", .killed(signal: SIGSYS)),
    ]

    @Test(arguments: lies)
    func aChildThatAnAttackerHasIsNotBelieved(kind: String, fault: DecoderFault) throws {
        let stored = try compressed(patterned(3000), xz)
        let decoder = ConfinedDecoder { try Probe.liar(kind) }
        #expect(throws: fault) { _ = try decoded(decoder, .xz, stored, 3000) }
    }

    /// The one thing that it can do: other bytes, as many as were asked for. Whoever asked hashes them.
    @Test func otherBytesAreTheCallersToFind() throws {
        let stored = try compressed(patterned(3000), xz)
        let decoder = ConfinedDecoder { try Probe.liar("wrong-bytes") }
        #expect(try decoded(decoder, .xz, stored, 3000) == [UInt8](repeating: 0x41, count: 3000))
    }

    /// No process of ours outlives its use, whatever became of it.
    @Test func nothingIsLeft() throws {
        let stored = try compressed(patterned(3000), xz)
        for kind in ["mute", "hangs", "too-long"] {
            _ = try? decoded(ConfinedDecoder { try Probe.liar(kind) }, .xz, stored, 3000)
        }
        let decoder = ConfinedDecoder { try Probe.child() }
        _ = try decoded(decoder, .xz, stored, 3000)
        decoder.rest()
        #expect(try probesOfOurs() == [])
    }

    /// Children of this process that are probes, dead ones that nobody took the status of included.
    private func probesOfOurs() throws -> [String] {
        var found: [String] = []
        for name in try FileSystem.list("/proc") where name.allSatisfy(\.isNumber) {
            guard let bytes = try? FileSystem.readAll(HostPath("/proc") / name / "stat", limit: 4096) else { continue }
            let stat = String(decoding: bytes, as: UTF8.self)
            guard stat.contains("(ConfinementProb"), let after = stat.split(separator: ")").last else { continue }
            if after.split(separator: " ").dropFirst().first == "\(getpid())" { found.append(stat) }
        }
        return found
    }

    private func decoded(
        _ decoder: some StreamDecoder, _ form: CompressedForm, _ stored: [UInt8], _ declared: Int64
    ) throws -> [UInt8] {
        let sink = Collected()
        try decoder.decode(
            form, from: Bytes(stored), storedBytes: Int64(stored.count), to: sink, unpackedBytes: declared)
        return sink.bytes
    }
}

private func compressed(_ bytes: [UInt8], _ settings: CompressionSettings) throws -> [UInt8] {
    let sink = Collected()
    try Compressor.compress(from: Bytes(bytes), size: Int64(bytes.count), to: sink, settings: settings)
    return sink.bytes
}

private func patterned(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { index in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return index % 7 == 0 ? UInt8(truncatingIfNeeded: state >> 56) : UInt8(truncatingIfNeeded: index >> 6)
    }
}

private final class Bytes: ByteSource {
    private var left: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { left = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, left.count)
        buffer.copyBytes(from: left.prefix(count))
        left = left.dropFirst(count)
        return count
    }
}

private final class Collected: ByteSink {
    private(set) var bytes: [UInt8] = []
    func write(_ more: UnsafeRawBufferPointer) { bytes += more }
}
