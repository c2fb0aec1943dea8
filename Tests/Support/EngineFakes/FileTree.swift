// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Everything below a directory, in memory: a moment of a host that a test can go back to.
struct FileTree: Equatable, Sendable {
    enum Node: Equatable, Sendable {
        case directory(UInt16)
        case file([UInt8], UInt16)
        case link(String)
    }

    /// By path below the root, without a leading `/`.
    private(set) var nodes: [String: Node] = [:]

    init(nodes: [String: Node] = [:]) { self.nodes = nodes }

    init(of root: HostPath) throws { try add(root, below: "") }

    private mutating func add(_ directory: HostPath, below prefix: String) throws {
        for name in try FileSystem.list(directory) {
            let path = directory / name
            let key = prefix + name
            guard let status = try FileSystem.status(path) else { continue }
            switch status.kind {
            case .directory:
                nodes[key] = .directory(status.permissions)
                try add(path, below: key + "/")
            case .symlink: nodes[key] = .link(try FileSystem.readLink(path))
            default: nodes[key] = .file(try FileSystem.readAll(path, limit: 1 << 24), status.permissions)
            }
        }
    }

    /// Makes the directory hold exactly this.
    func restore(to root: HostPath) throws {
        for name in try FileSystem.list(root) { try FileSystem.removeTree(root / name) }
        for (key, node) in nodes.sorted(by: { $0.key < $1.key }) {
            let path = root / key
            switch node {
            case .directory(let mode): try FileSystem.createDirectory(path, permissions: mode)
            case .link(let target): try FileSystem.replaceSymlink(path, target: target)
            case .file(let bytes, let mode):
                let file = try HostFile.open(path, .create(permissions: mode), followLinks: false)
                try file.write(bytes)
            }
        }
    }

    /// What counts when two moments are compared: files and links, but none of these or below them. A directory that is
    /// empty is nothing.
    func without(_ prefixes: [String]) -> FileTree {
        FileTree(
            nodes: nodes.filter { key, node in
                if case .directory = node { return false }
                return !prefixes.contains { key == $0 || key.hasPrefix($0 + "/") }
            })
    }

    /// Paths at which two trees differ, for a message.
    func difference(from other: FileTree) -> [String] {
        Set(nodes.keys).union(other.nodes.keys).filter { nodes[$0] != other.nodes[$0] }.sorted()
    }
}
