// SPDX-License-Identifier: Apache-2.0

/// `files.sha256`: every regular file of the installed tree, sorted by the bytes of its path (format §8).
///
/// It keeps the text itself and where its lines begin, about 10 bytes more than the file: a million paths as values
/// would take a hundred times that.
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

    /// The text, as `sha256sum -c` reads it.
    package let bytes: [UInt8]
    private let starts: [Int32]
    /// Directories below the tree's root.
    package let directoryCount: Int

    /// - Parameter entries: in any order.
    /// - Throws: `FormatError.badLine` for a path twice, or one below another.
    package init(_ entries: [Entry]) throws(FormatError) {
        var text: [UInt8] = []
        for entry in entries.sorted(by: { $0.path < $1.path }) {
            text += Array("\(entry.digest.hex)  \(entry.path)\n".utf8)
        }
        try self.init(parsing: text)
    }

    /// - Parameter bytes: proven ones.
    /// - Throws: `FormatError`.
    package init(parsing bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Limits.fileListBytes else {
            throw .tooLarge(document: FileList.name, limit: Limits.fileListBytes, found: Int64(bytes.count))
        }
        let scan = try bytes.withUnsafeBufferPointer { buffer -> Result<Scan, FormatError> in
            var lines = LineReader(buffer)
            var scan = Scan()
            scan.starts.reserveCapacity(min(bytes.count / FileList.leastLineBytes, Limits.files))
            do throws(LineFault) {
                while true {
                    let start = lines.position
                    guard let line = try lines.next() else { return .success(scan) }
                    try scan.take(line, at: start)
                }
            } catch {
                return .failure(.badLine(document: FileList.name, line: lines.number, error))
            }
        }.get()
        self.bytes = bytes
        starts = scan.starts
        directoryCount = scan.directories
    }

    /// Digest, two spaces, a path, newline.
    private static let leastLineBytes = 68

    /// Regular files.
    package var count: Int { starts.count }

    /// In the order of their paths; made one at a time.
    package var entries: some RandomAccessCollection<Entry> { starts.indices.lazy.map { entry($0) } }

    /// - Returns: nil when the tree has no such file.
    package func digest(of path: ReleasePath) -> Digest? {
        let wanted = Array(path.text.utf8)
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if pathBytes(middle).lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        guard low < starts.count, pathBytes(low).elementsEqual(wanted) else { return nil }
        return entry(low).digest
    }

    /// Whether a file stands at or below this path.
    package func holdsAnything(atOrBelow path: ReleasePath) -> Bool {
        if digest(of: path) != nil { return true }
        let prefix = Array((path.text + "/").utf8)
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if pathBytes(middle).lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
        }
        return low < starts.count && pathBytes(low).starts(with: prefix)
    }

    private func pathBytes(_ index: Int) -> ArraySlice<UInt8> {
        let end = index + 1 < starts.count ? Int(starts[index + 1]) : bytes.count
        return bytes[(Int(starts[index]) + 66)..<(end - 1)]
    }

    private func entry(_ index: Int) -> Entry {
        Entry(path: path(index), digest: digest(index))
    }

    /// Of the file at a place of `entries`.
    package func path(_ index: Int) -> ReleasePath {
        FileList.checked(ReleasePath(String(decoding: pathBytes(index), as: UTF8.self)))
    }

    /// Of the file at a place of `entries`.
    package func digest(_ index: Int) -> Digest {
        let start = Int(starts[index])
        return FileList.checked(Digest(hexDigits: bytes[start..<(start + 64)]))
    }

    private static func checked<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("every line was checked when the list was read") }
        return value
    }
}

/// One pass over the lines.
private struct Scan {
    var starts: [Int32] = []
    var directories = 0
    private var last: [Substring] = []
    private var lastText = ""
    private var open: [String] = []

    mutating func take(_ line: UnsafeBufferPointer<UInt8>, at start: Int) throws(LineFault) {
        guard starts.count < Limits.files else { throw .tooMany }
        let (_, pathBytes) = try line.checksumLine()
        guard let path = ReleasePath(String(decoding: pathBytes, as: UTF8.self)) else { throw .badPath }
        if !starts.isEmpty {
            guard lastText != path.text else { throw .duplicate }
            guard lastText.utf8.lexicographicallyPrecedes(path.text.utf8) else { throw .notSorted }
        }
        guard PrefixStack.take(path.text, &open) else { throw .fileBelowFile }
        starts.append(Int32(start))
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
