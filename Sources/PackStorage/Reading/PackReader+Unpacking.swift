// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// A file that a content is unpacked to. Its directory exists and is ours alone; the file does not exist.
package struct UnpackTarget: Hashable, Sendable {
    package let path: HostPath
    package let permissions: UInt16

    package init(path: HostPath, permissions: UInt16) {
        self.path = path
        self.permissions = permissions
    }
}

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
        let steps = try unpackSteps(wanted, progress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = steps.makeIterator()
            for _ in 0..<max(1, jobs) {
                if let step = waiting.next() { group.addTask { try step() } }
            }
            while try await group.next() != nil {
                if let step = waiting.next() { group.addTask { try step() } }
            }
        }
    }

    private typealias Step = @Sendable () throws -> Void

    /// One step a pack for all contents that lie whole in it; one step for each content that spans runs.
    private func unpackSteps(
        _ wanted: [Digest: [UnpackTarget]], _ progress: @escaping @Sendable (Int64) -> Void
    ) throws -> [Step] {
        var inPack: [Int: [ContentTargets]] = [:]
        var steps: [(pack: Int, step: Step)] = []
        for (digest, targets) in wanted where !targets.isEmpty {
            let sorted = targets.sorted { $0.path < $1.path }
            let feeds = sorted.map(\.path.text)
            guard let entry = index.content(digest) else { throw PackError.unknownContent(digest, feeds: feeds) }
            let content = ContentTargets(digest: digest, targets: sorted, range: entry.ranges.first)
            if entry.ranges.count == 1, let range = entry.ranges.first {
                inPack[range.pack, default: []].append(content)
            } else {
                let step: Step = {
                    let first = try content.create()
                    try write(digest, to: first, feeds: feeds)
                    try content.copyFirst()
                    progress(entry.size)
                }
                steps.append((entry.ranges.first?.pack ?? -1, step))
            }
        }
        for (number, contents) in inPack {
            steps.append((number, { try unpackPack(number, contents, progress) }))
        }
        return steps.sorted { $0.pack < $1.pack }.map(\.step)
    }

    private func unpackPack(
        _ number: Int, _ contents: [ContentTargets], _ progress: @escaping (Int64) -> Void
    ) throws {
        let routes = contents.compactMap { content in
            content.range.map { range in
                var sink = HashingSink([])
                return PackRoute(
                    offset: range.offset, length: range.length,
                    begin: {
                        sink = HashingSink([try content.create()])
                        return sink
                    },
                    end: {
                        guard sink.digest == content.digest else {
                            throw PackError.wrongContent(content.digest, found: sink.digest, feeds: content.feeds)
                        }
                        sink = HashingSink([])
                        try content.copyFirst()
                        progress(range.length)
                    })
            }
        }
        try decode(number, to: routes, feeds: contents.flatMap(\.feeds).sorted())
    }
}

/// A content and the files it goes to.
private struct ContentTargets: Sendable {
    let digest: Digest
    let targets: [UnpackTarget]
    let range: PackIndex.Range?

    var feeds: [String] { targets.map(\.path.text) }

    func create() throws -> HostFile {
        try HostFile.open(targets[0].path, .create(permissions: targets[0].permissions), followLinks: false)
    }

    /// The first file is proven; the others are copies of it. Never hard links: a release's files are its own.
    func copyFirst() throws {
        for target in targets.dropFirst() {
            let copy = HashingSink([
                try HostFile.open(target.path, .create(permissions: target.permissions), followLinks: false)
            ])
            try PackReader.drain(try HostFile.open(targets[0].path, .read, followLinks: false), into: copy)
            guard copy.digest == digest else {
                throw PackError.wrongContent(digest, found: copy.digest, feeds: [target.path.text])
            }
        }
    }
}
