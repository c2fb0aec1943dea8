// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Files and links of two installed trees.
struct TreeComparison {
    private let old: ComparedRelease
    private let new: ComparedRelease
    private let before: [ReleasePath: ComparedRelease.Entry]
    private let after: [ReleasePath: ComparedRelease.Entry]

    init(_ old: ComparedRelease, _ new: ComparedRelease) {
        self.old = old
        self.new = new
        before = old.tree
        after = new.tree
    }

    func changes(_ bill: inout Bill, _ tally: inout Tally) -> [ReleaseChange] {
        var places: [Digest: ReleasePath] = [:]
        for entry in old.files.entries where places[entry.digest] == nil { places[entry.digest] = entry.path }
        var changes: [ReleaseChange] = []
        for path in Set(before.keys).union(after.keys).sorted() {
            let (left, right) = (before[path], after[path])
            // Charged before it is compared: whatever names a content first pays for it.
            let cost = right?.digest.map { bill.charge($0) } ?? 0
            guard left != right else {
                tally.same(.file)
                continue
            }
            var change = ReleaseChange(.file, path.text, from: left, to: right)
            change.bytesBefore = left?.digest.flatMap { old.packs.size(of: $0) }
            change.bytesAfter = right?.digest.flatMap { new.packs.size(of: $0) }
            change.cost = cost
            if left == nil, let digest = right?.digest, change.bytesAfter ?? 0 > 0 { change.sameAs = places[digest] }
            if let left, let right { change.differences = TreeComparison.differences(left, right) }
            changes.append(change)
        }
        return changes
    }

    private static func differences(_ old: ComparedRelease.Entry, _ new: ComparedRelease.Entry)
        -> [ReleaseChange.Difference]
    {
        [
            ("type", old.type, new.type), ("content", old.digest?.hex, new.digest?.hex), ("mode", old.mode, new.mode),
            ("target", old.target, new.target),
        ].filter { $0.1 != $0.2 }
            .map { .init($0.0, $0.1.map { .string($0) }, $0.2.map { .string($0) }) }
    }
}

extension ComparedRelease.Entry {
    var digest: Digest? { if case .file(let digest, _) = self { digest } else { nil } }
    fileprivate var type: String { if case .file = self { "file" } else { "link" } }
    fileprivate var target: String? { if case .link(let target) = self { target } else { nil } }
    fileprivate var mode: String? {
        if case .file(_, let isExecutable) = self { isExecutable ? "0755" : "0644" } else { nil }
    }
}

/// What of a release a host does not have, by its contents alone.
struct LackingSearch {
    private let new: ComparedRelease

    init(_ new: ComparedRelease) { self.new = new }

    func changes(_ bill: inout Bill, _ tally: inout Tally) -> [ReleaseChange] {
        var changes: [ReleaseChange] = []
        for (path, entry) in new.tree.sorted(by: { $0.key < $1.key }) {
            guard let digest = entry.digest, let size = new.packs.size(of: digest), size > 0 else { continue }
            guard !bill.held.contains(digest) else {
                tally.same(.file)
                continue
            }
            var change = ReleaseChange(.file, path.text, .lacking)
            change.bytesAfter = size
            change.cost = bill.charge(digest)
            changes.append(change)
        }
        for (name, image) in new.manifest.images.sorted(by: { $0.key < $1.key }) {
            let own = [image.config, image.manifest].compactMap(\.self).filter { !bill.held.contains($0.digest) }
            var change = ReleaseChange(.image, name, .lacking)
            change.bytesAfter = image.bytes
            change.parts = image.distinctLayers.filter { !bill.held.contains($0.digest) }
                .map { .layer($0, .lacking, &bill) }
            change.cost = own.reduce(0) { $0 + bill.charge($1.digest) } + change.parts.reduce(0) { $0 + $1.cost }
            if own.isEmpty, change.parts.isEmpty { tally.same(.image) } else { changes.append(change) }
        }
        return changes
    }
}
