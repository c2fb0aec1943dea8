// SPDX-License-Identifier: Apache-2.0
import Glibc
package import HostSystem

/// Appends lines to a chained file; each is on the disk when `append` returns. One writer at a time: the host's lock.
package final class ChainedFile {
    package let path: HostPath
    private let file: HostFile
    private var head: String
    /// Where the last whole line ends.
    private var end: Int64
    private var failed = false

    /// A journal of millions of lines is no journal; the audit log takes 256 MiB before it must be put away.
    package static let limit = 256 << 20

    private init(path: HostPath, file: HostFile, head: String, end: Int64) {
        self.path = path
        self.file = file
        self.head = head
        self.end = end
    }

    package static func read(_ path: HostPath) throws -> ChainedText {
        try ChainedText(try FileSystem.readAll(path, limit: limit, followLinks: false), path: path)
    }

    /// Opens to append, creating the file if there is none; its directory must exist. A torn line at its end is ended
    /// and voided first.
    /// - Parameter shared: several processes write; each waits for its turn and has it while this object lives.
    /// - Throws: `RecordError.chainBroken`: nothing is ever added behind a break.
    package static func open(_ path: HostPath, permissions: UInt16, shared: Bool = false) throws -> ChainedFile {
        let isNew = try !FileSystem.exists(path)
        let file = try HostFile.open(path, .append(permissions: permissions), followLinks: false)
        if shared { try file.waitForLock() }
        if isNew { try FileSystem.syncDirectory(path.parent) }
        let bytes = try file.readToEnd(limit: limit)
        let text = try ChainedText(bytes, path: path)
        let chained = ChainedFile(path: path, file: file, head: text.head, end: Int64(bytes.count - text.tornBytes))
        if text.lacksLineFeed {
            try file.write([0x0a])
            chained.end += 1
        }
        if text.tornBytes > 0 { try chained.void(Array(bytes.suffix(text.tornBytes))) }
        return chained
    }

    package func append(_ value: some Codable) throws {
        try append(ChainedText.line(try RecordCoding.encode(value), after: head), before: [])
    }

    private func void(_ torn: [UInt8]) throws {
        let ending: [UInt8] = torn.last == 0x0a ? [] : [0x0a]
        end += Int64(torn.count)
        try append(ChainedText.voidLine(for: torn + ending, after: head), before: ending)
    }

    private func append(_ next: (text: [UInt8], head: String), before: [UInt8]) throws {
        // After a failed write or sync nobody knows what the disk holds (fsync may report a fault only once).
        if failed { throw SystemCallError(call: "append", path: path.text, code: 5) }
        do { try file.write(before + next.text) } catch {
            // A full disk leaves half a line. Once that is taken back, nothing has happened, and there may be room again
            // later: what undoes must be able to say so.
            let isFull = [ENOSPC, EDQUOT].contains((error as? SystemCallError)?.code ?? 0)
            let isTakenBack = (try? file.truncate(to: end)) != nil
            failed = !isFull || !isTakenBack
            throw error
        }
        do { try file.sync() } catch {
            failed = true
            try? file.truncate(to: end)
            throw error
        }
        head = next.head
        end += Int64(before.count + next.text.count)
    }
}
