// SPDX-License-Identifier: Apache-2.0
import HostSystem

@testable import EngineFakes

/// What a verb did to the host's files, from strace, in order: changes and syncs. From it the files are made again as a power cut
/// may leave them.
struct RecordedDisk {
    struct Node {
        enum Content {
            case directory([String: Int])
            case file([UInt8])
            case link(String)
        }

        var content: Content
        var mode: UInt16
    }

    enum Change {
        /// Names of directories that come to mean a node, or nothing: all at once, as every journalling file system renames.
        case names([(directory: Int, name: String, node: Int?)])
        case write(file: Int, offset: Int, bytes: [UInt8])
        case size(file: Int, Int)
        case mode(node: Int, UInt16)

        /// What has to be synced before it is safe.
        var nodes: Set<Int> {
            switch self {
            case .names(let names): Set(names.map(\.directory))
            case .write(let file, _, _), .size(let file, _): [file]
            case .mode(let node, _): [node]
            }
        }

        var isData: Bool {
            switch self {
            case .write, .size: true
            default: false
            }
        }
    }

    enum Event {
        case change(Change)
        /// nil: the whole file system, of which `volume` is the place.
        case sync(Int?, call: String, site: String?, volume: String? = nil)
    }

    /// Who asks for a sync; where that is not known, the call, and the path of what it makes safe, as that is called in the end.
    func label(_ node: Int?, _ call: String, _ site: String?) -> String {
        if let site { return site }
        guard let node else { return "\(call) everything" }
        let place = HostPath("/" + (places[node] ?? "?")).withoutRandomness(below: "")
        if case .directory = nodes[node].content { return "\(call) \(place)/" }
        return "\(call) \(place)"
    }

    /// Every node there ever was, as it was when it was made, or before the verb.
    private(set) var nodes: [Node]
    private(set) var events: [Event] = []
    /// Where each node was last seen below the host, for people.
    private(set) var places: [Int: String] = [0: "."]

    /// The first directory below the host: `etc`, `opt` and `var` may well be file systems of their own.
    func volume(_ node: Int) -> Substring { places[node]?.split(separator: "/").first ?? "." }

    /// The host's own directory is node 0.
    init(_ tree: FileTree) {
        nodes = [Node(content: .directory([:]), mode: 0o755)]
        for (key, node) in tree.nodes.sorted(by: { $0.key < $1.key }) {
            let number = nodes.count
            switch node {
            case .directory(let mode): nodes.append(Node(content: .directory([:]), mode: mode))
            case .file(let bytes, let mode): nodes.append(Node(content: .file(bytes), mode: mode))
            case .link(let target): nodes.append(Node(content: .link(target), mode: 0o777))
            }
            let parts = key.split(separator: "/").map(String.init)
            guard let name = parts.last, let parent = find(parts.dropLast()) else { continue }
            RecordedDisk.apply(.names([(parent, name, number)]), to: &nodes)
            places[number] = key
        }
    }

    private func find(_ parts: some Sequence<String>) -> Int? {
        var node = 0
        for part in parts {
            guard case .directory(let names) = nodes[node].content, let next = names[part] else { return nil }
            node = next
        }
        return node
    }

    mutating func add(_ node: Node, at place: String) -> Int {
        nodes.append(node)
        places[nodes.count - 1] = place
        return nodes.count - 1
    }

    mutating func append(_ event: Event) { events.append(event) }
    mutating func moved(_ node: Int, to place: String) { places[node] = place }

    // MARK: - Making files of it

    static func apply(_ change: Change, to nodes: inout [Node]) {
        switch change {
        case .names(let names):
            for (directory, name, node) in names {
                guard case .directory(var held) = nodes[directory].content else { continue }
                held[name] = node
                nodes[directory].content = .directory(held)
            }
        case .write(let file, let offset, let bytes):
            guard case .file(var held) = nodes[file].content else { return }
            // What lies before and never reached the disk is a hole.
            if held.count < offset + bytes.count {
                held += [UInt8](repeating: 0, count: offset + bytes.count - held.count)
            }
            held.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
            nodes[file].content = .file(held)
        case .size(let file, let size):
            guard case .file(let held) = nodes[file].content else { return }
            nodes[file].content = .file(
                Array(held.prefix(size)) + [UInt8](repeating: 0, count: max(0, size - held.count)))
        case .mode(let node, let mode): nodes[node].mode = mode
        }
    }

    /// The files after these changes, and no others, in their order.
    func tree(_ changes: some Sequence<Change>) -> FileTree {
        var nodes = nodes
        for change in changes { RecordedDisk.apply(change, to: &nodes) }
        var found: [String: FileTree.Node] = [:]
        func walk(_ node: Int, _ prefix: String) {
            guard case .directory(let names) = nodes[node].content else { return }
            for (name, child) in names {
                let key = prefix + name
                switch nodes[child].content {
                case .directory:
                    found[key] = .directory(nodes[child].mode)
                    walk(child, key + "/")
                case .file(let bytes): found[key] = .file(bytes, nodes[child].mode)
                case .link(let target): found[key] = .link(target)
                }
            }
        }
        walk(0, "")
        return FileTree(nodes: found)
    }
}
