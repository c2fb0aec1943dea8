// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Comparison
import Reporting
import Trust

/// A comparison for people and for programs.
struct DiffView {
    enum Old {
        case bundle(ProvenHead)
        case inventory(Inventory)
    }

    private let comparison: ReleaseComparison
    private let old: Old
    private let new: ProvenHead

    init(_ comparison: ReleaseComparison, from old: Old, to new: ProvenHead) {
        self.comparison = comparison
        self.old = old
        self.new = new
    }

    /// Whether anything is to be carried or said: also what no line is for, such as another version of the same.
    var differ: Bool {
        if case .bundle(let head) = old, head.releaseDigest != new.releaseDigest { return true }
        return !comparison.changes.isEmpty
    }

    // MARK: - For people

    var text: String {
        var lines = ["\(from) -> \(DiffView.name(new))"]
        lines.append("  carry      " + [full, delta].compactMap(\.self).joined(separator: "; "))
        lines.append(
            "  unpacked   " + (comparison.unpackedBefore.map { "\($0) -> " } ?? "")
                + "\(comparison.unpackedAfter) bytes")
        lines.append("  unchanged  \(tally.isEmpty ? "nothing" : tally)")
        if case .bundle = old, !comparison.comparesValues {
            lines.append("  not seen   values: a delta leaves their defaults to the host")
        }
        if case .inventory = old {
            lines.append("  not seen   what an inventory does not say: services, jobs, templates, values, links, modes")
        }
        lines += comparison.changes.flatMap { DiffView.lines($0, indent: "") }
        if comparison.changes.isEmpty { lines.append(same) }
        return lines.map { Console.line($0) }.joined(separator: "\n")
    }

    private var from: String {
        switch old {
        case .bundle(let head): DiffView.name(head)
        case .inventory(let host):
            "what \(host.hostName) has of \(host.product), by its inventory of \(UTCSeconds.text(host.wallSeconds)),"
        }
    }

    private static func name(_ head: ProvenHead) -> String { "\(head.identity) (digest \(head.releaseDigest.short))" }

    private var same: String {
        switch old {
        case .inventory: "the host lacks nothing of it"
        case .bundle(let head):
            head.releaseDigest == new.releaseDigest ? "the same release" : "nothing differs but the version"
        }
    }

    private var full: String? {
        comparison.fullBytes.map { "the full bundle \($0) bytes (\(Console.size($0)))" }
    }

    private var delta: String {
        guard let bytes = comparison.deltaBytes else {
            return comparison.unknownCosts > 0
                ? "a delta is not known: NEW is one, and leaves out \(comparison.unknownCosts) contents that OLD has not"
                : "no delta leads here"
        }
        let size = "\(bytes) bytes (\(Console.size(bytes)))"
        guard comparison.fullBytes != nil else { return "a delta \(size)" }
        return "a delta about \(size), less where programs are coded against OLD's"
    }

    private var tally: String {
        ReleaseChange.Kind.allCases.compactMap { kind in
            comparison.unchanged[kind].map { "\($0) \(kind.rawValue)\($0 == 1 ? "" : "s")" }
        }.joined(separator: ", ")
    }

    private static func lines(_ change: ReleaseChange, indent: String) -> [String] {
        let cost = change.cost == 0 ? "-" : Console.size(change.cost)
        let padding = String(repeating: " ", count: max(0, 10 - cost.count))
        let details = [sizes(change)] + change.differences.map(words) + [change.sameAs.map { "as OLD's \($0)" }]
        let said = details.compactMap(\.self).joined(separator: "; ")
        let name = change.kind == .layer ? String(change.name.prefix(19)) : change.name
        return [
            "\(padding)\(cost)  \(indent)\(sign(change.verb)) \(change.kind.rawValue) \(name)"
                + (said.isEmpty ? "" : ": \(said)")
        ] + change.parts.flatMap { lines($0, indent: indent + "  ") }
    }

    private static func sign(_ verb: ReleaseChange.Verb) -> String {
        switch verb {
        case .added, .lacking: "+"
        case .removed: "-"
        case .changed: "~"
        }
    }

    private static func sizes(_ change: ReleaseChange) -> String? {
        switch (change.bytesBefore, change.bytesAfter) {
        case (let before?, let after?): before == after ? "\(after) bytes" : "\(before) -> \(after) bytes"
        case (let bytes?, nil), (nil, let bytes?): "\(bytes) bytes"
        case (nil, nil): nil
        }
    }

    /// Short values are shown; digests and whole lists are named.
    private static func words(_ difference: ReleaseChange.Difference) -> String {
        let (before, after) = (short(difference.before), short(difference.after))
        guard let before, let after, difference.name != "content" else { return difference.name }
        let name = difference.name == "value" ? "" : "\(difference.name) "
        if difference.before == nil { return name + after }
        return name + (difference.after == nil ? before : "\(before) -> \(after)")
    }

    /// nil for what is no single line of a few words.
    private static func short(_ value: JSONValue?) -> String? {
        let text: String
        switch value {
        case nil: text = "none"
        case .string(let string)?: text = string
        case .integer(let number)?: text = String(number)
        case .bool(let flag)?: text = flag ? "true" : "false"
        case .array(let elements)?:
            let words = elements.compactMap { if case .string(let word) = $0 { word } else { nil } }
            guard words.count == elements.count else { return nil }
            text = words.isEmpty ? "none" : words.joined(separator: " ")
        case .null?, .object?: return nil
        }
        return text.utf8.count <= 60 ? text : nil
    }

    // MARK: - For programs

    var json: JSONValue {
        [
            "old": side, "new": DiffView.side(new), "differ": .bool(differ),
            "full_bytes": comparison.fullBytes.map { .integer($0) } ?? .null,
            "delta_bytes": comparison.deltaBytes.map { .integer($0) } ?? .null,
            "unknown_contents": .integer(Int64(comparison.unknownCosts)),
            "unpacked_bytes_before": comparison.unpackedBefore.map { .integer($0) } ?? .null,
            "unpacked_bytes_after": .integer(comparison.unpackedAfter),
            "values_compared": .bool(comparison.comparesValues),
            "unchanged": .object(
                ReleaseChange.Kind.allCases.map {
                    .init($0.rawValue, .integer(Int64(comparison.unchanged[$0] ?? 0)))
                }),
            "changes": .array(comparison.changes.map(DiffView.document)),
        ]
    }

    private var side: JSONValue {
        switch old {
        case .bundle(let head): DiffView.side(head)
        case .inventory(let host):
            [
                "inventory_of": .string(host.host.hex), "host_name": .string(host.hostName),
                "name": .string(host.product.text), "arch": .string(host.arch.rawValue),
            ]
        }
    }

    private static func side(_ head: ProvenHead) -> JSONValue {
        [
            "name": .string(head.identity.name.text), "version": .string(head.identity.version.description),
            "arch": .string(head.identity.arch.rawValue), "release_digest": .string(head.releaseDigest.hex),
            "delta": .bool(head.packs.isDelta),
        ]
    }

    private static func document(_ change: ReleaseChange) -> JSONValue {
        [
            "kind": .string(change.kind.rawValue), "name": .string(change.name),
            "change": .string(change.verb.rawValue), "cost_bytes": .integer(change.cost),
            "bytes_before": change.bytesBefore.map { .integer($0) } ?? .null,
            "bytes_after": change.bytesAfter.map { .integer($0) } ?? .null,
            "same_as": change.sameAs.map { .string($0.text) } ?? .null,
            "what": .array(
                change.differences.map {
                    ["name": .string($0.name), "before": $0.before ?? .null, "after": $0.after ?? .null]
                }),
            "layers": .array(change.parts.map(document)),
        ]
    }
}
