// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression
import HostSystem

extension PackReader {
    /// Unpacks contents to files. Each needed pack is read once, in order; `jobs` packs at a time, each with a decoder
    /// of at most 33 MiB and buffers. Files are written and proven, not synced: one syncfs(2) after all of them is the
    /// caller's.
    ///
    /// - Parameter progress: told, from several tasks, how many bytes of contents were just finished.
    /// - Throws: `PackError`, `SystemCallError`. Files may have been left behind; the caller removes the directory.
    package func unpack(
        _ wanted: [Digest: [UnpackTarget]], jobs: Int, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        var steps = try unpackSteps(wanted, progress).makeIterator()
        defer { decoder.rest() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, jobs) {
                if let step = steps.next() { group.addTask { try step() } }
            }
            while try await group.next() != nil {
                if let step = steps.next() { group.addTask { try step() } }
            }
        }
    }

    private typealias Step = @Sendable () throws -> Void

    /// One step a pack, for all that any content wants of it.
    private func unpackSteps(
        _ wanted: [Digest: [UnpackTarget]], _ progress: @escaping @Sendable (Int64) -> Void
    ) throws -> [Step] {
        var parts: [Int: [Part]] = [:]
        var empty: [UnpackedContent] = []
        for (digest, targets) in wanted where !targets.isEmpty {
            let sorted = targets.sorted { $0.path < $1.path }
            guard let entry = index.content(digest) else {
                throw PackError.unknownContent(digest, feeds: sorted.map(\.path.text))
            }
            let content = UnpackedContent(digest: digest, targets: sorted, parts: entry.ranges.count)
            if entry.ranges.isEmpty { empty.append(content) }
            var offset: Int64 = 0
            for range in entry.ranges {
                parts[range.pack, default: []].append(Part(content: content, offset: offset, range: range))
                offset += range.length
            }
        }
        let first: Step = { [empty] in for content in empty { try content.writeEmpty() } }
        let rest = parts.sorted { $0.key < $1.key }.map { number, parts -> Step in
            { try unpackPack(number, parts, progress) }
        }
        return (empty.isEmpty ? [] : [first]) + rest
    }

    /// A range of a content, and where it stands in that.
    private struct Part: Sendable {
        let content: UnpackedContent
        let offset: Int64
        let range: PackIndex.Range
    }

    private func unpackPack(_ number: Int, _ parts: [Part], _ progress: @escaping (Int64) -> Void) throws {
        let routes = parts.map { part in
            // Held while its bytes come, so that no more files are open than are being written.
            var sink: (any ByteSink)?
            return PackRoute(
                offset: part.range.offset, length: part.range.length,
                begin: {
                    let begun = try part.content.sink(at: part.offset)
                    sink = begun
                    return begun
                },
                end: {
                    try part.content.partEnded(sink)
                    sink = nil
                    progress(part.range.length)
                })
        }
        try decode(number, to: routes, feeds: Set(parts.flatMap(\.content.feeds)).sorted())
    }
}
