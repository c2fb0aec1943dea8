// SPDX-License-Identifier: Apache-2.0
import HostSystem

@testable import EngineFakes

/// Reads what strace saw of a verb into a record of its disk. It follows names and descriptors as the kernel did.
struct DiskRecorder {
    /// A call that changed the host and that nobody here understands: the record would be a lie.
    struct NotUnderstood: Error { let call: String }

    private struct Open {
        let node: Int
        var offset = 0
        let appends: Bool
    }

    private(set) var disk: RecordedDisk
    /// As the process sees it.
    private var now: [RecordedDisk.Node]
    private var open: [Int: Open] = [:]
    private let root: String

    /// - Parameter root: the host's directory when the verb ran.
    init(_ log: StraceLog, from tree: FileTree, root: HostPath) throws {
        disk = RecordedDisk(tree)
        now = disk.nodes
        self.root = root.text
        for call in log.calls where (call.result ?? -1) >= 0 { try take(call) }
    }

    private mutating func take(_ call: StraceCall) throws {
        switch call.name {
        case "openat": try opened(call)
        case "write", "pwrite64": written(call)
        case "ftruncate":
            if let file = file(call) { change(.size(file: file.node, Int(call.arguments[1]) ?? 0)) }
        // Only ever with FALLOC_FL_KEEP_SIZE: room, no content.
        case "fallocate": break
        case "fsync", "fdatasync":
            if let file = file(call) { disk.append(.sync(file.node, call: call.name, site: call.site)) }
        case "syncfs":
            let volume = relative(call.place(0))?.split(separator: "/").first.map(String.init)
            disk.append(.sync(nil, call: call.name, site: call.site, volume: volume))
        case "rename": try rename(call.path(0), call.path(1), exchange: false, call)
        case "renameat", "renameat2":
            let exchange = call.flags(4).contains("RENAME_EXCHANGE")
            try rename(call.path(1, in: 0), call.path(3, in: 2), exchange: exchange, call)
        case "symlink": try made(call.path(1), .link(text(call, 0)), 0o777, call)
        case "symlinkat": try made(call.path(2, in: 1), .link(text(call, 0)), 0o777, call)
        case "mkdir": try made(call.path(0), .directory([:]), octal(call, 1), call)
        case "mkdirat": try made(call.path(1, in: 0), .directory([:]), octal(call, 2), call)
        case "unlink", "rmdir": try removed(call.path(0), call)
        case "unlinkat": try removed(call.path(1, in: 0), call)
        case "chmod": if let node = try node(call.path(0)) { change(.mode(node: node, octal(call, 1))) }
        case "fchmod": if let file = file(call) { change(.mode(node: file.node, octal(call, 1))) }
        case "chown", "lchown", "fchown", "fchownat": break
        default: if relative(call.subject) != nil { throw NotUnderstood(call: call.name) }
        }
    }

    private mutating func change(_ change: RecordedDisk.Change) {
        RecordedDisk.apply(change, to: &now)
        disk.append(.change(change))
    }

    // MARK: - Names

    /// Below the host; nil for what is elsewhere.
    private func relative(_ path: HostPath?) -> String? {
        guard let text = path?.text, text == root || text.hasPrefix(root + "/") else { return nil }
        return String(text.dropFirst(root.count + 1))
    }

    private func names(_ node: Int) -> [String: Int] {
        if case .directory(let names) = now[node].content { names } else { [:] }
    }

    /// - Returns: the directory that it stands in, links on the way followed, and its name there; nil for what is elsewhere.
    private func parent(_ path: HostPath?) throws -> (directory: Int, name: String)? {
        guard let relative = relative(path) else { return nil }
        var parts = relative.split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return nil }
        var directory = 0
        for part in parts {
            guard let next = names(directory)[part] else { return nil }
            if case .link(let target) = now[next].content {
                guard let led = try node(HostPath(target)) else { return nil }
                directory = led
            } else {
                directory = next
            }
        }
        return (directory, name)
    }

    private func node(_ path: HostPath?) throws -> Int? {
        if let path, path.text == root { return 0 }
        return try parent(path).flatMap { names($0.directory)[$0.name] }
    }

    private func text(_ call: StraceCall, _ index: Int) -> String { String(decoding: call.data(index), as: UTF8.self) }
    private func octal(_ call: StraceCall, _ index: Int) -> UInt16 { UInt16(call.arguments[index], radix: 8) ?? 0 }
    private func file(_ call: StraceCall) -> Open? { call.descriptor(0).flatMap { open[$0] } }

    // MARK: - Calls

    private mutating func opened(_ call: StraceCall) throws {
        guard let descriptor = call.result else { return }
        open[descriptor] = nil
        let path = call.path(1, in: 0)
        let flags = call.flags(2)
        if flags.contains("O_CREAT"), try node(path) == nil {
            try made(path, .file([]), octal(call, 3), call)
        }
        guard let node = try node(path) else { return }
        if flags.contains("O_TRUNC") { change(.size(file: node, 0)) }
        open[descriptor] = Open(node: node, appends: flags.contains("O_APPEND"))
    }

    private mutating func written(_ call: StraceCall) {
        guard let descriptor = call.descriptor(0), var file = open[descriptor], let count = call.result,
            relative(call.place(0)) != nil, case .file(let held) = now[file.node].content
        else { return }
        let isPlaced = call.name == "pwrite64"
        let offset = isPlaced ? Int(call.arguments[3]) ?? 0 : file.appends ? held.count : file.offset
        change(.write(file: file.node, offset: offset, bytes: Array(call.data(1).prefix(count))))
        if !isPlaced { file.offset = offset + count }
        open[descriptor] = file
    }

    private mutating func made(
        _ path: HostPath?, _ content: RecordedDisk.Node.Content, _ mode: UInt16, _ call: StraceCall
    ) throws {
        guard let relative = relative(path) else { return }
        guard let (directory, name) = try parent(path) else { throw NotUnderstood(call: call.name) }
        let born = RecordedDisk.Node(content: content, mode: mode)
        let node = disk.add(born, at: relative)
        now.append(born)
        change(.names([(directory, name, node)]))
    }

    private mutating func removed(_ path: HostPath?, _ call: StraceCall) throws {
        guard relative(path) != nil else { return }
        guard let (directory, name) = try parent(path) else { throw NotUnderstood(call: call.name) }
        change(.names([(directory, name, nil)]))
    }

    private mutating func rename(_ old: HostPath?, _ new: HostPath?, exchange: Bool, _ call: StraceCall) throws {
        guard relative(old) != nil || relative(new) != nil else { return }
        guard let from = try parent(old), let to = try parent(new), let node = names(from.directory)[from.name],
            let place = relative(new)
        else { throw NotUnderstood(call: call.name) }
        let other = exchange ? names(to.directory)[to.name] : nil
        change(.names([(from.directory, from.name, other), (to.directory, to.name, node)]))
        disk.moved(node, to: place)
    }
}
