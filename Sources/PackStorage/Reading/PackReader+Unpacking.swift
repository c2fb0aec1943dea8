// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression
import HostSystem

/// Which files contents become.
package protocol UnpackTargets: Sendable {
    /// - Returns: none for a content that is not wanted.
    func targets(of content: Digest) -> [UnpackTarget]
}

extension Dictionary: UnpackTargets where Key == Digest, Value == [UnpackTarget] {
    package func targets(of content: Digest) -> [UnpackTarget] { self[content] ?? [] }
}

extension PackReader {
    /// Unpacks a few contents.
    ///
    /// - Throws: `PackError.unknownContent` before anything is written; what the other throws.
    package func unpack(_ wanted: [Digest: [UnpackTarget]], jobs: Int) async throws {
        for (digest, targets) in wanted where !targets.isEmpty && !index.holds(digest) {
            throw PackError.unknownContent(digest, feeds: targets.map(\.path.text).sorted())
        }
        try await unpack(all: wanted, jobs: jobs)
    }

    /// Unpacks all contents of the index that are wanted. Each needed pack is read once, in order; `jobs` packs at a time,
    /// each with a decoder of at most 33 MiB and buffers, and a few words for each content: its paths are made when its turn
    /// comes. Files are written and proven, not synced: one syncfs(2) after all of them is the caller's.
    ///
    /// - Parameters:
    ///   - packs: those that become available; all of them by default.
    ///   - progress: told, from several tasks, how many bytes of contents were just finished.
    /// - Throws: `PackError`, `SystemCallError`. Files may have been left behind; the caller removes the directory.
    package func unpack(
        all wanted: some UnpackTargets, jobs: Int, as packs: ArrivingPacks? = nil,
        progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        let (steps, empty) = try unpackSteps(wanted, progress)
        defer { decoder.rest() }
        for content in empty { try content.writeEmpty() }
        let packs = packs ?? ArrivingPacks(all: steps.keys.sorted())
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            var waiting = steps
            for try await number in packs.numbers {
                guard let step = waiting.removeValue(forKey: number) else { continue }
                if running >= jobs {
                    try await group.next()
                    running -= 1
                }
                group.addTask {
                    do { try step() } catch {
                        // Nobody waits for another stick when one pack is bad.
                        packs.end(error)
                        throw error
                    }
                }
                running += 1
            }
            try await group.waitForAll()
            // A stream also ends when its reader is cancelled.
            try Task.checkCancellation()
            if let missing = waiting.keys.min() {
                throw PackError.missingPack(pack: index.packs[missing].digest, feeds: [])
            }
        }
    }

    /// The same with one pack at a time, for whoever cannot wait for tasks.
    package func unpackInOrder(_ wanted: [Digest: [UnpackTarget]]) throws {
        defer { decoder.rest() }
        let (steps, empty) = try unpackSteps(wanted) { _ in }
        for content in empty { try content.writeEmpty() }
        for (_, step) in steps.sorted(by: { $0.key < $1.key }) { try step() }
    }

    private typealias Step = @Sendable () throws -> Void

    /// One step a pack, for all that any content wants of it; and what needs no pack.
    private func unpackSteps(
        _ wanted: some UnpackTargets, _ progress: @escaping @Sendable (Int64) -> Void
    ) throws -> (steps: [Int: Step], empty: [UnpackedContent]) {
        var parts: [Int: [Part]] = [:]
        /// Those whose parts lie apart, so that several steps have a hand in them.
        var torn: [Int32: UnpackedContent] = [:]
        var empty: [UnpackedContent] = []
        for (number, entry) in index.contents.enumerated() {
            let targets = wanted.targets(of: entry.digest)
            guard !targets.isEmpty else { continue }
            if entry.ranges.isEmpty { empty.append(UnpackedContent(entry, targets)) }
            if entry.ranges.count > 1 { torn[Int32(number)] = UnpackedContent(entry, targets) }
            var before: Int64 = 0
            for (place, range) in entry.ranges.enumerated() {
                let part = Part(content: Int32(number), place: Int32(place), before: before)
                parts[range.pack, default: []].append(part)
                before += range.length
            }
        }
        let steps = parts.map { number, parts -> (Int, Step) in
            let step: Step = { [torn] in
                try unpackPack(number, parts, progress) { content in
                    if let begun = torn[content] { return begun }
                    let entry = index.content(at: Int(content))
                    return UnpackedContent(entry, wanted.targets(of: entry.digest))
                }
            }
            return (number, step)
        }
        return (Dictionary(uniqueKeysWithValues: steps), empty)
    }

    /// A range of a content, both by their numbers, and where it stands in that. There may be as many as files.
    private struct Part: Sendable {
        let content: Int32
        let place: Int32
        let before: Int64
    }

    private func unpackPack(
        _ number: Int, _ parts: [Part], _ progress: @escaping (Int64) -> Void,
        content: @escaping (Int32) -> UnpackedContent
    ) throws {
        let range = { (part: Part) in index.range(Int(part.place), ofContent: Int(part.content)) }
        let sorted = parts.sorted { range($0).offset < range($1).offset }
        let routes = sorted.lazy.map { part in
            let range = range(part)
            let unpacked = content(part.content)
            // Held while its bytes come, so that no more files are open than are being written.
            var sink: (any ByteSink)?
            return PackRoute(
                offset: range.offset, length: range.length,
                begin: {
                    let begun = try unpacked.sink(at: part.before)
                    sink = begun
                    return begun
                },
                end: {
                    try unpacked.partEnded(sink)
                    sink = nil
                    progress(range.length)
                })
        }
        try decode(
            number, to: RangeRouter(sorted: routes),
            feeds: Set(parts.flatMap { content($0.content).feeds }).sorted())
    }
}
