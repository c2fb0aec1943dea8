// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HostSystem

/// What a run says, in a file that any number of terminals may follow and none has to (host-state §12). It is no record:
/// it lives in /run, and nothing is decided by it.
package final class RunLog: Sendable {
    package let path: HostPath
    /// Each line is one write to the end of the file: lines of two processes never mix.
    private nonisolated(unsafe) let file: HostFile

    package init(_ path: HostPath) throws {
        self.path = path
        file = try HostFile.open(path, .append(permissions: 0o600), followLinks: false)
    }

    /// Makes a new one; those before the newest 30 leave.
    package static func create(_ beginning: RunBeginning, in directory: HostPath) throws -> RunLog {
        try FileSystem.createDirectories(directory.parent)
        try FileSystem.createDirectory(directory, permissions: 0o700)
        for old in try logs(in: directory).dropLast(30) { try FileSystem.remove(old) }
        let log = try RunLog(directory / "\(beginning.started)-\(beginning.unit)\(suffix)")
        log.append(.begun(beginning))
        return log
    }

    /// By their beginning, the oldest first.
    package static func logs(in directory: HostPath) throws -> [HostPath] {
        guard try FileSystem.status(directory)?.kind == .directory else { return [] }
        return try FileSystem.list(directory).filter { $0.hasSuffix(suffix) }.map { directory / $0 }
    }

    private static let suffix = ".log"

    /// A full /run must not stop an installation: what cannot be said is not said.
    package func append(_ line: RunLine) {
        guard var bytes = try? RecordCoding.encode(line) else { return }
        bytes.append(0x0a)
        try? file.write(bytes)
    }

    /// Where the answer to a question is put.
    package var answer: HostPath { path.parent / "\(path.name).answer" }
}

/// Reads a run's log as it grows.
package struct RunReader {
    private let file: HostFile
    private var offset: Int64 = 0
    private var rest: [UInt8] = []

    package init(_ path: HostPath) throws { file = try HostFile.open(path, .read, followLinks: false) }

    /// The whole lines that came since the last call.
    package mutating func next() throws -> [RunLine] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
            guard count > 0 else { break }
            offset += Int64(count)
            rest += buffer[..<count]
        }
        var lines: [RunLine] = []
        while let feed = rest.firstIndex(of: 0x0a) {
            if let line = try? JSONDecoder().decode(RunLine.self, from: Data(rest[..<feed])) { lines.append(line) }
            rest.removeFirst(feed + 1)
        }
        return lines
    }
}
