// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Configuration
package import HostSystem

/// The child: takes its own rights away, says so, and does what comes down its standard input until that ends. It opens
/// nothing, and gives nothing but bytes.
package enum ConfinedWorker {
    /// The hidden word that starts it: `bundle __confined`. No verb, and nothing follows it.
    package static let word = "__confined"

    /// - Parameter layers: `.all`, but in tests.
    /// - Returns: the exit status.
    package static func serve(_ layers: ConfinementLayers = .all) -> Int32 {
        let streams = StandardStreams()
        do {
            let standing = try Confinement.enter(layers)
            try streams.write(Greeting(layers: standing).bytes)
        } catch {
            let fault = error as? SystemCallError ?? SystemCallError(call: "greeting", path: "", code: 0)
            try? streams.write(Greeting(layers: [], fault: fault).bytes)
            return 1
        }
        do {
            while let bytes = try streams.read(exactly: Assignment.size) {
                guard let assignment = Assignment(bytes) else { return 1 }
                guard try perform(assignment, streams).keepsStep else { return 0 }
            }
            return 0
        } catch {
            return 1
        }
    }

    /// Does one thing; after a fault of a decoder the streams are no longer in step, and the child ends.
    private static func perform(_ assignment: Assignment, _ streams: StandardStreams) throws -> Verdict {
        let output = FramedOutput(streams)
        let verdict: Verdict
        switch assignment.kind {
        case .decode(let form):
            do {
                try Decompressor.decompress(
                    form, from: streams, storedBytes: assignment.inputBytes, to: output,
                    unpackedBytes: assignment.outputBytes)
                verdict = .done
            } catch let fault as CompressionError {
                verdict = .fault(fault)
            }
        case .render:
            guard let bytes = try streams.read(exactly: Int(assignment.inputBytes)), let work = RenderingWork(bytes)
            else {
                throw DecoderFault.disobeyed
            }
            verdict = try render(work, to: output)
        }
        try output.end(verdict)
        return verdict
    }

    private static func render(_ work: RenderingWork, to output: FramedOutput) throws -> Verdict {
        let (bytes, verdict) = rendered(work)
        try bytes.withUnsafeBytes { try output.write($0) }
        return verdict
    }

    private static func rendered(_ work: RenderingWork) -> ([UInt8], Verdict) {
        do throws(ConfigurationError) {
            let bytes = try TemplateRenderer.render(
                work.template, file: "", context: work.context, secrets: work.secrets)
            return (bytes, .done)
        } catch {
            var writer = WireWriter()
            if case .template(let problems) = error { writer.put(problems) }
            return (writer.bytes, .problems)
        }
    }
}

/// Bytes in runs, each behind its length; a length of 0 and the verdict end them.
private final class FramedOutput: ByteSink {
    private let streams: StandardStreams

    init(_ streams: StandardStreams) { self.streams = streams }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try streams.write(WireNumbers.bytes(UInt32(bytes.count)))
        try streams.write(bytes)
    }

    func end(_ verdict: Verdict) throws { try streams.write(WireNumbers.bytes(UInt32(0)) + verdict.bytes) }
}
