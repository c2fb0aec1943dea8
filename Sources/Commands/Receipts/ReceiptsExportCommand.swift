// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Trust

struct ReceiptsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Copy this host's receipts and its audit log to a stick.",
        discussion:
            "They go into a directory of the host's own below DIR, so that one stick takes those of several hosts. What "
            + "is there already of this host stays; everything is synced and read back.")

    @Argument(help: "A directory on the stick.", completion: .directory) var directory: String
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "receipts export", console: console, exclusive: true, note: noting.note)
        let attempt = AuditedAttempt(verb: "receipts export", medium: directory, session: session)
        // A log that is broken is what an auditor wants to see most.
        try await attempt.record(evenUnlogged: true) { _ in
            let export = try ReceiptsExport(to: HostPath(directory), hostName: session.facts.hostname)
            let done = try export.run()
            for log in done.broken {
                console.warn("\(log.path): broken in line \(log.line); it was copied as it is, as evidence")
            }
            guard console.json else { return console.answer(done.text(export.target)) }
            console.answer(json: [
                "directory": .string(export.target.text), "receipts": .integer(Int64(done.receipts)),
                "bytes": .integer(done.bytes), "broken_logs": .array(done.broken.map { .string($0.path.text) }),
            ])
        }
    }
}

/// Copies without ever losing what is there: a receipt is only added, and a log that is not the beginning of the one now
/// stays beside it.
struct ReceiptsExport {
    let target: HostPath
    private let root: HostPath
    private let book: ReceiptBook
    private let numbers: [Int]

    /// - Throws: `ReceiptsError.noDirectory`: a stick that is not mounted; `ReceiptsError.noReceipts`.
    init(to directory: HostPath, hostName: String, root: HostPath = "/") throws {
        guard try FileSystem.exists(directory), try FileSystem.status(FileSystem.resolve(directory))?.kind == .directory
        else { throw ReceiptsError.noDirectory(directory.text) }
        self.root = root
        book = ReceiptBook(root: root)
        numbers = try book.numbers()
        guard let first = numbers.first else { throw ReceiptsError.noReceipts }
        // The key of the first receipt names the chain, whichever key signs today; host names are given twice.
        let key = (try? Receipt(parsing: book.read(first).receipt))?.host.hex ?? "damaged"
        let name = hostName.map { Grammar.isHostAddress(String($0)) ? String($0) : "-" }.joined().prefix(64)
        target = directory / "\(name.isEmpty ? "host" : name)-\(key.prefix(12))"
    }

    struct Done {
        var receipts = 0
        var bytes: Int64 = 0
        /// Logs whose chain does not hold, and the first line that does not.
        var broken: [(path: HostPath, line: Int)] = []

        func text(_ target: HostPath) -> String {
            "\(target): \(receipts) receipt\(receipts == 1 ? "" : "s") and the audit log, read back "
                + "(\(Console.size(bytes)))"
        }
    }

    func run() throws -> Done {
        // sticks have no owners and no modes
        try FileSystem.createDirectories(target.parent)
        let host = try directory(target.name, in: DirectoryHandle.open(target.parent))
        let receipts = try directory(CarriedDirectory.receipts, in: host)
        defer { withExtendedLifetime((host, receipts)) {} }
        /// A path as the operator knows it.
        func shown(_ path: String) -> String {
            for one in [host, receipts] where path.hasPrefix("\(ReceiptsExport.held(one))/") {
                return one.path.text + path.dropFirst(ReceiptsExport.held(one).text.count)
            }
            return path
        }
        do {
            return try copy(to: ReceiptsExport.held(host), receipts: ReceiptsExport.held(receipts))
        } catch let error as SystemCallError {
            throw SystemCallError(call: error.call, path: shown(error.path), code: error.code)
        } catch let error as IrregularFileError {
            throw IrregularFileError(path: shown(error.path))
        } catch ReceiptsError.otherHistory(let path, let number) {
            throw ReceiptsError.otherHistory(path: shown(path), number)
        } catch ReceiptsError.notReadBack(let path) {
            throw ReceiptsError.notReadBack(path: shown(path))
        }
    }

    private func copy(to target: HostPath, receipts place: HostPath) throws -> Done {
        var done = Done()
        // Before the receipts: a copy that was cut short misses receipts that its log tells of, and is seen to.
        try copyLogs(to: target, &done)
        for number in numbers {
            let (receipt, signature) = try book.read(number)
            let path = place / Receipt.fileName(number)
            if try FileSystem.exists(path), try FileSystem.readAll(path, limit: 1 << 20, followLinks: false) != receipt
            {
                throw ReceiptsError.otherHistory(path: path.text, number)
            }
            if let signature { try put(signature, HostPath(path.text + Receipt.signatureSuffix), &done) }
            try put(receipt, path, &done)
            done.receipts += 1
        }
        for path in try HostKey(root: root).publicFiles() {
            try put(try FileSystem.readAll(path, limit: 1 << 16), target / path.name, &done)
        }
        try FileSystem.syncFileSystem(at: target)
        return done
    }

    /// One that is there or is made. A link of a stick's, which anyone may have laid, would lead root anywhere.
    /// - Throws: `ReceiptsError.linked`.
    private func directory(_ name: String, in parent: DirectoryHandle) throws -> DirectoryHandle {
        if try parent.status(name) == nil { try FileSystem.createDirectory(ReceiptsExport.held(parent) / name) }
        guard try parent.status(name)?.kind == .directory else {
            throw ReceiptsError.linked(path: (parent.path / name).text)
        }
        return try parent.directory(name)
    }

    /// proc_pid_fd(5): the open directory itself, whatever stands at its path by now.
    private static func held(_ directory: DirectoryHandle) -> HostPath {
        HostPath("/proc/self/fd/\(directory.descriptor)")
    }

    private func copyLogs(to target: HostPath, _ done: inout Done) throws {
        let place = HostLayout.auditLog(root: root).parent
        for name in try FileSystem.list(place) where name.hasPrefix(CarriedDirectory.logName) {
            guard try FileSystem.status(place / name)?.kind == .file else { continue }
            let bytes = try FileSystem.readAll(place / name, limit: ChainedFile.limit, followLinks: false)
            do { _ = try AuditLog.verdict(ofLog: bytes, path: place / name) } catch RecordError.chainBroken(_, let line)
            {
                done.broken.append((place / name, line))
            }
            let path = target / name
            if try FileSystem.exists(path) {
                let there = try FileSystem.readAll(path, limit: ChainedFile.limit, followLinks: false)
                if !bytes.starts(with: there) {
                    try FileSystem.rename(path, to: HostPath("\(path).before-\(Digest.ofBytes(there).short)"))
                }
            }
            try put(bytes, path, &done)
        }
    }

    /// By a temporary beside it, synced; then it is read back from the medium itself.
    private func put(_ bytes: [UInt8], _ path: HostPath, _ done: inout Done) throws {
        done.bytes += Int64(bytes.count)
        if try FileSystem.exists(path),
            try FileSystem.readAll(path, limit: ChainedFile.limit, followLinks: false) == bytes
        {
            return
        }
        let draft = path.parent / (FileSystem.temporaryPrefix + path.name)
        // A file system of a stick knows no modes, so none is set.
        let file = try HostFile.open(draft, .update(permissions: 0o644), followLinks: false)
        try file.truncate(to: 0)
        // Where it does know them, whoever opens the stick elsewhere must be able to read it.
        try? FileSystem.setPermissions(draft, 0o644)
        try file.write(bytes)
        try file.sync()
        try FileSystem.rename(draft, to: path)
        try FileSystem.syncDirectory(path.parent)
        try file.forgetCached()
        guard try FileSystem.readAll(path, limit: ChainedFile.limit, followLinks: false) == bytes else {
            throw ReceiptsError.notReadBack(path: path.text)
        }
    }
}
