// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
package import HostSystem

/// A confined child from the outside: gives it work, takes what comes back. Used by one task at a time. After any error it
/// is of no more use.
package final class ConfinedChild {
    private static let outputBytes = 1 << 20
    private static let inputBytes = 256 << 10

    private let process: ConfinedProcess
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: outputBytes, alignment: 16)
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputBytes, alignment: 16)
    /// Which layers stand around it.
    package let layers: ConfinementLayers

    /// Starts one and waits until it has confined itself.
    /// - Throws: `DecoderFault.notConfined`.
    package init(
        program: HostPath = "/proc/self/exe", arguments: [String] = ["bundle", ConfinedWorker.word],
        demanding: ConfinementLayers = .indispensable, silenceSeconds: Int = 30
    ) throws {
        do {
            process = try ConfinedProcess.start(program, arguments, silenceSeconds: silenceSeconds)
        } catch let error as SystemCallError {
            throw DecoderFault.notConfined(call: error.call, code: error.code)
        }
        layers = try ConfinedChild.greeting(of: process, demanding)
    }

    deinit {
        output.deallocate()
        input.deallocate()
    }

    private static func greeting(of process: ConfinedProcess, _ demanded: ConfinementLayers) throws -> ConfinementLayers
    {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: Greeting.size)
        while bytes.count < Greeting.size {
            let left = Greeting.size - bytes.count
            let step = try room.withUnsafeMutableBytes {
                try process.exchange(.init(start: nil, count: 0), into: .init(rebasing: $0[..<left]))
            }
            guard case .received(let count) = step else {
                if case .silent = step { throw DecoderFault.silent }
                throw ConfinedChild.fault(process.ending())
            }
            bytes += room[..<count]
        }
        guard let greeting = Greeting(bytes) else { throw DecoderFault.notConfined(call: "greeting", code: 0) }
        if let fault = greeting.fault { throw DecoderFault.notConfined(call: fault.call, code: fault.code) }
        guard greeting.layers.isSuperset(of: demanded) else {
            throw DecoderFault.notConfined(call: "layers", code: 0)
        }
        return greeting.layers
    }

    private static func fault(_ ending: ConfinedProcess.Ending) -> DecoderFault {
        switch ending {
        case .exited(let status): .ended(status: status)
        case .signal(let signal): .killed(signal: signal)
        }
    }

    /// Gives it an assignment and its bytes, and passes on what comes out.
    /// - Throws: `CompressionError.tooShort` when the source ends early, `DecoderFault`; what the source and the sink throw.
    func perform(_ assignment: Assignment, from source: any ByteSource, to sink: any ByteSink) throws -> Verdict {
        var answers = AnswerReader(sink, limit: assignment.outputBytes)
        let feed = Feed(assignment, source, input)
        while answers.verdict == nil {
            let offered = try feed.offered()
            switch try process.exchange(offered, into: output) {
            case .sent(let count): feed.take(count)
            case .received(let count): try answers.take(UnsafeRawBufferPointer(rebasing: output[..<count]))
            case .closed: throw ConfinedChild.fault(process.ending())
            case .silent: throw DecoderFault.silent
            }
        }
        guard let verdict = answers.verdict else { throw DecoderFault.disobeyed }
        if verdict.keepsStep, !feed.isDone { throw DecoderFault.disobeyed }
        if case .decode = assignment.kind, verdict == .done, answers.missing > 0 { throw DecoderFault.disobeyed }
        return verdict
    }

    /// Ends it now.
    package func end() { process.end() }
}

/// What is on its way to a child: an assignment, then exactly as many bytes of a source as it says.
private final class Feed {
    private let source: any ByteSource
    private let buffer: UnsafeMutableRawBufferPointer
    private let declared: Int64
    private var left: Int64
    private var waiting: Range<Int>

    init(_ assignment: Assignment, _ source: any ByteSource, _ buffer: UnsafeMutableRawBufferPointer) {
        self.source = source
        self.buffer = buffer
        declared = assignment.inputBytes
        left = assignment.inputBytes
        let bytes = assignment.bytes
        buffer.copyBytes(from: bytes)
        waiting = 0..<bytes.count
    }

    var isDone: Bool { waiting.isEmpty && left == 0 }

    /// Empty when everything was taken.
    func offered() throws -> UnsafeRawBufferPointer {
        if waiting.isEmpty, left > 0 {
            let wanted = Int(min(Int64(buffer.count), left))
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            guard count > 0 else { throw CompressionError.tooShort(declared: declared, found: declared - left) }
            left -= Int64(count)
            waiting = 0..<count
        }
        return UnsafeRawBufferPointer(rebasing: buffer[waiting])
    }

    func take(_ count: Int) { waiting = waiting.lowerBound + count..<waiting.upperBound }
}
