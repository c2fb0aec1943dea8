// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem
import Synchronization

/// A file that a content is unpacked to. Its directory exists and is ours alone; the file does not exist.
package struct UnpackTarget: Hashable, Sendable {
    package let path: HostPath
    package let permissions: UInt16

    package init(path: HostPath, permissions: UInt16) {
        self.path = path
        self.permissions = permissions
    }
}

/// A content on its way into its files. One that lies whole in a pack is hashed as it comes; the parts of another come from
/// several packs, in any order and side by side, and its first file is hashed when it is complete.
final class UnpackedContent: Sendable {
    let digest: Digest
    private let targets: [UnpackTarget]
    private let isWhole: Bool
    private let progress: Mutex<Progress>

    private struct Progress: ~Copyable {
        var partsLeft: Int
        var isCreated = false
    }

    /// - Parameter targets: not empty.
    init(_ content: PackIndex.Content, _ targets: [UnpackTarget]) {
        digest = content.digest
        self.targets = targets.sorted { $0.path < $1.path }
        isWhole = content.ranges.count == 1
        progress = Mutex(Progress(partsLeft: content.ranges.count))
    }

    var feeds: [String] { targets.map(\.path.text) }

    /// Takes the bytes of the part at an offset of the content.
    func sink(at offset: Int64) throws -> any ByteSink {
        if isWhole { return HashingSink([try create()]) }
        try progress.withLock { progress in
            if !progress.isCreated { _ = try create() }
            progress.isCreated = true
        }
        return PartSink(path: targets[0].path, offset: offset)
    }

    /// - Parameter sink: what `sink(at:)` gave for the part.
    /// - Throws: `PackError.wrongContent` after the last part.
    func partEnded(_ sink: (any ByteSink)?) throws {
        let isComplete = progress.withLock { progress in
            progress.partsLeft -= 1
            return progress.partsLeft == 0
        }
        if isComplete { try finish((sink as? HashingSink)?.digest) }
    }

    func writeEmpty() throws {
        _ = try create()
        try finish(HashingSink([]).digest)
    }

    /// The first file is proven; the others are copies of it. Never hard links: a release's files are its own.
    private func finish(_ known: Digest?) throws {
        let found = try known ?? copy(to: [])
        guard found == digest else { throw PackError.wrongContent(digest, found: found, feeds: feeds) }
        for target in targets.dropFirst() {
            let file = try HostFile.open(target.path, .create(permissions: target.permissions), followLinks: false)
            let copied = try copy(to: [file])
            guard copied == digest else {
                throw PackError.wrongContent(digest, found: copied, feeds: [target.path.text])
            }
        }
    }

    private func copy(to sinks: [any ByteSink]) throws -> Digest {
        let sink = HashingSink(sinks)
        try HostFile.open(targets[0].path, .read, followLinks: false).drain(into: sink)
        return sink.digest
    }

    private func create() throws -> HostFile {
        try HostFile.open(targets[0].path, .create(permissions: targets[0].permissions), followLinks: false)
    }
}

/// Opens the file for each write: thousands of contents may want the same bytes of a pack at once.
private final class PartSink: ByteSink {
    private let path: HostPath
    private var offset: Int64

    init(path: HostPath, offset: Int64) {
        self.path = path
        self.offset = offset
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try HostFile.open(path, .change, followLinks: false).write(bytes, at: offset)
        offset += Int64(bytes.count)
    }
}
