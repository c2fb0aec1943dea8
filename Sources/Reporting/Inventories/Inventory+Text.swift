// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

extension Inventory {
    /// The document: lines of a word, a space and what it says, in this order (trust §12.2).
    package var bytes: [UInt8] {
        var lines = [
            "\(Inventory.format) \(product) \(arch.rawValue) \(host)",
            "host \(Receipt.isLine(hostName) ? hostName : "-")",
            "time \(UTCSeconds.text(wallSeconds))", "bundle \(tool)", "kernel \(Receipt.isLine(kernel) ? kernel : "-")",
            systemd.map { "systemd \($0)" }, nft.map { "nft \($0)" }, "memory \(max(0, memory))",
        ].compactMap(\.self)
        for room in rooms.sorted(by: { $0.key < $1.key }) { lines.append("room \(room.bytes) \(room.key)") }
        lines += commands.sorted(by: Inventory.byBytes).map { "command \($0)" }
        if let floor { lines.append("floor \(floor)") }
        for release in releases.sorted(by: { $0.digest < $1.digest }) {
            lines.append("release \(release.version) \(release.digest) \(release.standing.rawValue)")
        }
        for (digest, size) in contents.sorted(by: { $0.key < $1.key }) { lines.append("content \(digest) \(size)") }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func byBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// Reads one that a proven signature covers. There is one spelling: whatever is written otherwise is refused.
    /// - Throws: `InventoryFault`.
    package init(parsing bytes: [UInt8]) throws(InventoryFault) {
        guard bytes.count <= Inventory.limit else { throw .tooLong(bytes: bytes.count) }
        guard bytes.last == 10 else { throw .noLineFeed }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        // By bytes: a carriage return and a line feed would be one character, and no line's end.
        var lines = InventoryLines(lines: text.utf8.split(separator: 10, omittingEmptySubsequences: false).dropLast())
        self = try Inventory(head: &lines)
        systemd = try lines.optional("systemd") { Int($0) }
        nft = try lines.optional("nft") { Inventory.isCommand($0) ? $0 : nil }
        memory = try lines.demand("memory") { Int64($0) }
        rooms = try lines.all("room") { words in
            let places = words.dropFirst().compactMap { Room.Place(rawValue: $0) }
            return words.count > 1 && places.count == words.count - 1
                ? Int64(words[0]).map { Room(bytes: $0, places: places) } : nil
        }
        commands = Set(
            try lines.all("command") { $0.count == 1 && Inventory.isCommand($0[0]) ? $0[0] : nil })
        floor = try lines.optional("floor") { Version($0) }
        releases = try lines.all("release") { words in
            guard words.count == 3, let version = Version(words[0]), let digest = Digest(hex: words[1]),
                let standing = Standing(rawValue: words[2])
            else { return nil }
            return Release(version: version, digest: digest, standing: standing)
        }
        let held = try lines.all("content") { words -> (Digest, Int64)? in
            guard words.count == 2, let digest = Digest(hex: words[0]), let size = Int64(words[1]), size > 0 else {
                return nil
            }
            return (digest, size)
        }
        contents = Dictionary(held) { first, _ in first }
        guard lines.isAtEnd else { throw lines.fault("the end") }
        let places = rooms.flatMap(\.places)
        guard Set(places).count == places.count, Set(releases.map(\.digest)).count == releases.count else {
            throw .notCanonical
        }
        // Every second spelling that the above lets through: another order, one thing twice, a leading zero.
        guard self.bytes == bytes else { throw .notCanonical }
    }

    private init(head lines: inout InventoryLines) throws(InventoryFault) {
        let first = try lines.demand(Inventory.format) { text -> (ReleaseName, Architecture, KeyFingerprint)? in
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, let name = ReleaseName(words[0]),
                let arch = Architecture(rawValue: String(words[1])),
                let key = KeyFingerprint(hex: words[2])
            else { return nil }
            return (name, arch, key)
        }
        let line: (String) -> String? = { Receipt.isLine($0) ? $0 : nil }
        let name = try lines.demand("host", line)
        let time = try lines.demand("time") { UTCSeconds.read($0) }
        let tool = try lines.demand("bundle") { Version($0) }
        self.init(
            product: first.0, arch: first.1, host: first.2, hostName: name, wallSeconds: time, tool: tool,
            kernel: try lines.demand("kernel", line), memory: 0)
    }

    /// The key that the first line names, of bytes that nothing has proven: only to say whose key is not believed here.
    static func namedHost(_ bytes: [UInt8]) -> KeyFingerprint? {
        let words = bytes.prefix { $0 != 10 }.prefix(160).split(separator: 32, omittingEmptySubsequences: false)
        guard words.count == 4, words[0].elementsEqual(format.utf8) else { return nil }
        return String(validating: words[3], as: UTF8.self).flatMap { KeyFingerprint(hex: $0) }
    }
}

extension Inventory.Room {
    fileprivate var key: String { places.map(\.rawValue).joined(separator: " ") }
}

/// The lines of an inventory, taken in their order.
private struct InventoryLines {
    let lines: ArraySlice<Substring.UTF8View>
    private var next = 0

    init(lines: ArraySlice<Substring.UTF8View>) {
        self.lines = lines
        next = lines.startIndex
    }

    var isAtEnd: Bool { next == lines.endIndex }

    func fault(_ expected: String) -> InventoryFault { .badLine(next + 1, expected: expected) }

    /// What stands behind the word, when the line begins with it.
    private func rest(of word: String) -> String? {
        guard next < lines.endIndex, lines[next].starts(with: word.utf8),
            lines[next].dropFirst(word.utf8.count).first == 32
        else { return nil }
        return String(Substring(lines[next].dropFirst(word.utf8.count + 1)))
    }

    mutating func optional<Value>(_ word: String, _ read: (String) -> Value?) throws(InventoryFault) -> Value? {
        guard let rest = rest(of: word) else { return nil }
        guard let value = read(rest) else { throw fault(word) }
        next += 1
        return value
    }

    mutating func demand<Value>(_ word: String, _ read: (String) -> Value?) throws(InventoryFault) -> Value {
        guard let value = try optional(word, read) else { throw fault(word) }
        return value
    }

    mutating func all<Value>(_ word: String, _ read: ([String]) -> Value?) throws(InventoryFault) -> [Value] {
        var values: [Value] = []
        while let value = try optional(
            word,
            { text in
                read(text.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
            })
        { values.append(value) }
        return values
    }
}
