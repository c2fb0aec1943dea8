// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostSystem
import PackStorage

/// Codes changed contents of a release against what its target has.
struct DeltaCoding {
    static let step = "delta"

    let request: CreateRequest
    let events: any EventSink
    /// The builder's own; what is left in it are the packs.
    let scratch: HostPath
    let open: PackWriter.Opening

    /// - Returns: the split without what was coded, and that.
    /// - Throws: `PackError`, `SystemCallError`, `CancellationError`.
    func run(_ split: DeltaSplit) async throws -> (split: DeltaSplit, coded: [CodedContent]) {
        let found = request.packing.codesDeltas ? candidates(among: split.carried) : []
        guard !found.isEmpty else { return (split, []) }
        let count = found.count == 1 ? "1 content" : "\(found.count) contents"
        events.receive(
            .stepStarted(id: DeltaCoding.step, title: "code \(count) against older ones", index: 1, total: 4))
        let directory = scratch / "older"
        try FileSystem.createDirectory(directory, permissions: 0o700)
        for (number, base) in request.bases.enumerated() {
            let older = Set(found.filter { $0.base == number }.map(\.older.digest))
            guard !older.isEmpty else { continue }
            // The memory of a job that unpacks is that of a pack and its decoder.
            try await base.predecessors?.unpack(
                Dictionary(uniqueKeysWithValues: older.map { ($0, directory / "\(number)-\($0.hex)") }),
                jobs: request.jobs)
        }
        let pairs = found.map {
            DeltaPair(
                content: $0.content, older: $0.older, olderFile: directory / "\($0.base)-\($0.older.digest.hex)")
        }
        let progress = ProgressSum(
            id: DeltaCoding.step, total: found.reduce(0) { $0 + $1.content.size }, events: events)
        let writer = DeltaPackWriter(
            codec: request.packing.codec, directory: scratch, cache: request.cache, open: open)
        let coded = try await writer.write(pairs, jobs: request.jobs) { progress.add($0) }
        try FileSystem.removeTree(directory)
        let bases = Dictionary(uniqueKeysWithValues: found.map { ($0.content.digest, request.bases[$0.base]) })
        var rest = split
        rest.take(coded) { bases[$0.content.digest] ?? request.bases[0] }
        events.receive(.stepFinished(id: DeltaCoding.step, milliseconds: 0))
        return (rest, coded)
    }

    private struct Candidate {
        let content: PackContent
        let older: PackIndex.Need
        let base: Int
    }

    /// In the order of their digests: which path a content of several was given by decides nothing.
    private func candidates(among contents: [PackContent]) -> [Candidate] {
        var seen: Set<Digest> = []
        let found = contents.compactMap { content -> Candidate? in
            guard content.size >= DeltaPackWriter.leastBytes, content.kind != .compressed else { return nil }
            for (number, base) in request.bases.enumerated() {
                guard let older = base.predecessors?.predecessor(of: content) else { continue }
                return Candidate(content: content, older: older, base: number)
            }
            return nil
        }
        return found.filter { seen.insert($0.content.digest).inserted }
            .sorted { $0.content.digest < $1.content.digest }
    }
}
