// SPDX-License-Identifier: Apache-2.0

/// `files.sha256`: every regular file of the installed tree, sorted by the bytes of its path (format §8).
///
/// Digests and paths are kept in flat arrays, in two thirds of the text's bytes: a million paths as values would take ten times
/// that.
package struct FileList: Equatable, Sendable {
    package static let name = "files.sha256"

    package struct Entry: Equatable, Sendable {
        package let path: ReleasePath
        package let digest: Digest

        package init(path: ReleasePath, digest: Digest) {
            self.path = path
            self.digest = digest
        }
    }

    private let digests: [Digest]
    /// All of them, one after the other; the path of file i ends at ends[i].
    private let paths: [UInt8]
    private let ends: [Int32]
    /// Directories below the tree's root.
    package let directoryCount: Int

    /// - Parameter entries: in any order.
    /// - Throws: `FormatError.badLine` for a path twice, or one below another.
    package init(_ entries: [Entry]) throws(FormatError) {
        let textBytes = entries.reduce(0) { $0 + $1.path.text.utf8.count + FileList.leastLineBytes - 1 }
        try FileList.demandRoom(for: textBytes)
        var scan = Scan(textBytes: textBytes)
        for entry in entries.sorted(by: { $0.path < $1.path }) {
            do throws(LineFault) {
                try scan.take(entry.digest, entry.path)
            } catch {
                throw .badLine(document: FileList.name, line: scan.ends.count + 1, error)
            }
        }
        self.init(scan)
    }

    /// - Parameter text: proven.
    /// - Throws: `FormatError`.
    package init(parsing text: consuming TextPieces) throws(FormatError) {
        try FileList.demandRoom(for: text.count)
        var scan = Scan(textBytes: text.count)
        _ = try text.readLines(of: FileList.name) { line throws(LineFault) in try scan.take(line) }
        self.init(scan)
    }

    /// - Parameter bytes: proven ones.
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8]) throws(FormatError) { try self.init(parsing: TextPieces([bytes])) }

    private init(_ scan: Scan) {
        digests = scan.digests
        paths = scan.paths
        ends = scan.ends
        directoryCount = scan.directories
    }

    private static func demandRoom(for textBytes: Int) throws(FormatError) {
        guard textBytes <= Limits.fileListBytes else {
            throw .tooLarge(document: FileList.name, limit: Limits.fileListBytes, found: Int64(textBytes))
        }
    }

    /// The text, as `sha256sum -c` reads it; made anew each time.
    package var bytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(paths.count + (FileList.leastLineBytes - 1) * count)
        for index in ends.indices {
            text += digests[index].hexDigits
            text += [0x20, 0x20]
            text += pathBytes(index)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    /// Digest, two spaces, a path, newline.
    fileprivate static let leastLineBytes = 68

    /// Regular files.
    package var count: Int { ends.count }

    /// In the order of their paths; made one at a time.
    package var entries: some RandomAccessCollection<Entry> { ends.indices.lazy.map { entry($0) } }

    /// - Returns: nil when the tree has no such file.
    package func digest(of path: ReleasePath) -> Digest? {
        let wanted = Array(path.text.utf8)
        let place = firstPlace(notBefore: wanted)
        guard place < count, pathBytes(place).elementsEqual(wanted) else { return nil }
        return digests[place]
    }

    /// Whether a file stands at or below this path.
    package func holdsAnything(atOrBelow path: ReleasePath) -> Bool {
        if digest(of: path) != nil { return true }
        let prefix = Array((path.text + "/").utf8)
        let place = firstPlace(notBefore: prefix)
        return place < count && pathBytes(place).starts(with: prefix)
    }

    private func firstPlace(notBefore path: [UInt8]) -> Int {
        ends.indices.partitioningIndex { !pathBytes($0).lexicographicallyPrecedes(path) }
    }

    private func pathBytes(_ index: Int) -> ArraySlice<UInt8> {
        paths[(index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])]
    }

    private func entry(_ index: Int) -> Entry {
        Entry(path: path(index), digest: digest(index))
    }

    /// Of the file at a place of `entries`.
    package func path(_ index: Int) -> ReleasePath {
        guard let path = ReleasePath(String(decoding: pathBytes(index), as: UTF8.self)) else {
            preconditionFailure("every line was checked when the list was read")
        }
        return path
    }

    /// Of the file at a place of `entries`.
    package func digest(_ index: Int) -> Digest { digests[index] }
}

/// One pass over the lines.
private struct Scan {
    private(set) var digests: [Digest] = []
    private(set) var paths: [UInt8] = []
    private(set) var ends: [Int32] = []
    private(set) var directories = 0
    private var last: [Substring] = []
    private var lastText = ""
    private var open: [String] = []

    /// Makes room, so that long lists are not copied as they grow; what is not used costs nothing.
    init(textBytes: Int) {
        let count = min(textBytes / FileList.leastLineBytes, Limits.files)
        digests.reserveCapacity(count)
        paths.reserveCapacity(textBytes)
        ends.reserveCapacity(count)
    }

    mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(LineFault) {
        let (hex, pathBytes) = try line.checksumLine()
        guard let digest = Digest(hexDigits: hex) else { throw .badDigest }
        guard let path = ReleasePath(String(decoding: pathBytes, as: UTF8.self)) else { throw .badPath }
        try take(digest, path)
    }

    mutating func take(_ digest: Digest, _ path: ReleasePath) throws(LineFault) {
        guard ends.count < Limits.files else { throw .tooMany }
        if !ends.isEmpty {
            guard lastText != path.text else { throw .duplicate }
            guard lastText.utf8.lexicographicallyPrecedes(path.text.utf8) else { throw .notSorted }
        }
        guard PrefixStack.take(path.text, &open) else { throw .fileBelowFile }
        digests.append(digest)
        paths += path.text.utf8
        ends.append(Int32(paths.count))
        lastText = path.text
        countDirectories(of: path)
    }

    /// Names below one directory stand together in a sorted list, so a directory is new when the path before is not
    /// below it.
    private mutating func countDirectories(of path: ReleasePath) {
        let parents = Array(path.segments.dropLast())
        let shared = zip(parents, last).prefix { $0 == $1 }.count
        directories += parents.count - shared
        last = parents
    }
}
