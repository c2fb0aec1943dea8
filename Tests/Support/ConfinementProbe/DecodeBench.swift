// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Confinement
import Cryptography
import Glibc
import HostSystem

/// How long the same stream takes to decode and to hash, in this process and in a confined child, turn by turn.
struct DecodeBench {
    private let arguments: [String]

    init(_ arguments: [String]) { self.arguments = arguments }

    func run() -> Int32 {
        guard arguments.count == 5, let form = CompressedForm(rawValue: arguments[1]), let size = Int64(arguments[2]),
            let times = Int(arguments[4]), let bytes = try? FileSystem.readAll(HostPath(arguments[3]), limit: 1 << 30)
        else { return 64 }
        let child = ProcessInfo.child
        do {
            for turn in 0..<times {
                let own = try seconds(OwnDecoder(), form, bytes, size)
                let confined = try seconds(child, form, bytes, size)
                print(
                    "\(turn) wall \(own.wall) \(confined.wall) ratio \(confined.wall / own.wall), processor",
                    "\(own.processor) \(confined.processor) ratio \(confined.processor / own.processor)")
            }
        } catch {
            print(error)
            return 1
        }
        return 0
    }

    private enum ProcessInfo {
        static let child = ConfinedDecoder {
            try ConfinedChild(arguments: ["ConfinementProbe", "serve", "all"])
        }
    }

    private func seconds(
        _ decoder: any StreamDecoder, _ form: CompressedForm, _ bytes: [UInt8], _ size: Int64
    ) throws -> Spent {
        let began = Spent.now()
        let sink = DigestSink()
        try decoder.decode(
            form, from: HeldSource(bytes), storedBytes: Int64(bytes.count), to: sink, unpackedBytes: size)
        _ = sink.hasher.finalize()
        let decoded = Spent.now()
        // What a child spent is known when it has ended.
        decoder.rest()
        return Spent(wall: decoded.wall - began.wall, processor: Spent.now().processor - began.processor)
    }
}

/// Seconds: of the clock, and of processors, by this process and by children that ended.
private struct Spent {
    var wall: Double
    var processor: Double

    static func now() -> Spent {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Spent(
            wall: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9,
            processor: used(0) + used(-1))
    }

    /// getrusage(2): 0 is this process, -1 its children that ended.
    private static func used(_ whose: Int32) -> Double {
        var usage = rusage()
        getrusage(whose, &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

private final class HeldSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[position..<position + count])) }
        position += count
        return count
    }
}

private final class DigestSink: ByteSink {
    var hasher = SHA256Hasher()
    func write(_ bytes: UnsafeRawBufferPointer) { hasher.update(bytes) }
}
