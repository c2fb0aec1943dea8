// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What a manifest says beside files and images: by its document, so that nothing is passed over that is new in it.
struct ManifestComparison {
    private let old: ComparedRelease
    private let new: ComparedRelease

    private static let sections: [(key: String, kind: ReleaseChange.Kind)] = [
        ("services", .service), ("jobs", .job), ("config", .template), ("secrets", .secret),
    ]
    /// Compared as such elsewhere, or the digest of what is.
    private static let elsewhere: Set<String> = ["tree", "executables", "symlinks", "images", "version"]

    init(_ old: ComparedRelease, _ new: ComparedRelease) {
        self.old = old
        self.new = new
    }

    func changes(_ tally: inout Tally) -> [ReleaseChange] {
        var changes: [ReleaseChange] = []
        for (key, kind) in ManifestComparison.sections {
            changes += compare(kind, old.document[key]?.members ?? [:], new.document[key]?.members ?? [:], &tally) {
                kind == .template ? templateDifferences($0) : []
            }
        }
        let done = Set(ManifestComparison.sections.map(\.key)).union(ManifestComparison.elsewhere)
        let rest = { (release: ComparedRelease) in release.document.members.filter { !done.contains($0.key) } }
        changes += compare(.setting, rest(old), rest(new), &tally)
        if let before = old.values, let after = new.values {
            changes += compare(
                .value, before.mapValues { .string($0) }, after.mapValues { .string($0) }, &tally)
        }
        return changes
    }

    private func compare(
        _ kind: ReleaseChange.Kind, _ old: [String: JSONValue], _ new: [String: JSONValue], _ tally: inout Tally,
        more: (String) -> [ReleaseChange.Difference] = { _ in [] }
    ) -> [ReleaseChange] {
        var changes: [ReleaseChange] = []
        for name in Set(old.keys).union(new.keys).sorted() {
            let (before, after) = (old[name], new[name])
            let differences = ManifestComparison.differences(before, after) + more(name)
            guard !differences.isEmpty else {
                tally.same(kind)
                continue
            }
            var change = ReleaseChange(kind, name, from: before, to: after)
            // Of a whole thing that came or went its name says enough; of a single value the value does.
            if change.verb == .changed || kind == .value || kind == .setting { change.differences = differences }
            changes.append(change)
        }
        return changes
    }

    /// Member by member where both sides have some.
    private static func differences(_ old: JSONValue?, _ new: JSONValue?) -> [ReleaseChange.Difference] {
        guard case .object? = old, case .object? = new, let before = old?.members, let after = new?.members else {
            return old == new ? [] : [.init("value", old, new)]
        }
        return Set(before.keys).union(after.keys).sorted().filter { before[$0] != after[$0] }
            .map { .init($0, before[$0], after[$0]) }
    }

    /// The text that is rendered is a file of the tree.
    private func templateDifferences(_ name: String) -> [ReleaseChange.Difference] {
        let digest = { (release: ComparedRelease) in
            release.manifest.config[name].flatMap { release.files.digest(of: $0.template) }
        }
        guard let before = digest(old), let after = digest(new), before != after else { return [] }
        return [.init("content", .string(before.hex), .string(after.hex))]
    }
}

/// Documents of two bundles. They are in no pack: every bundle, a delta too, carries all of its own.
struct DocumentComparison {
    private let old: [ReleasePath: ComparedRelease.Document]
    private let new: [ReleasePath: ComparedRelease.Document]

    init(_ old: [ReleasePath: ComparedRelease.Document], _ new: [ReleasePath: ComparedRelease.Document]) {
        self.old = old
        self.new = new
    }

    func changes(_ tally: inout Tally) -> [ReleaseChange] {
        var changes: [ReleaseChange] = []
        for path in Set(old.keys).union(new.keys).sorted() {
            let (before, after) = (old[path], new[path])
            guard before != after else {
                tally.same(.document)
                continue
            }
            var change = ReleaseChange(.document, path.text, from: before, to: after)
            change.bytesBefore = before?.size
            change.bytesAfter = after?.size
            change.cost = after?.size ?? 0
            if let before, let after {
                change.differences = [.init("content", .string(before.digest.hex), .string(after.digest.hex))]
            }
            changes.append(change)
        }
        return changes
    }
}

extension JSONValue {
    /// By key; nothing for what is no object.
    fileprivate var members: [String: JSONValue] {
        guard case .object(let members) = self else { return [:] }
        return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    }
}
