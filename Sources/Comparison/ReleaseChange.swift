// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One thing of two releases that is not in both alike.
package struct ReleaseChange: Equatable, Sendable {
    /// What it is; in the order in which those of one cost are shown.
    package enum Kind: String, CaseIterable, Sendable {
        case file, image, layer, document, service, job, template, value, secret, setting
    }

    package enum Verb: String, CaseIterable, Sendable {
        case added, removed, changed
        /// A host's inventory does not have it. What the host has under its name nobody wrote down.
        case lacking
    }

    /// In what it differs, and how it is said on both sides; nil where a side has no such thing.
    package struct Difference: Equatable, Sendable {
        package let name: String
        package let before: JSONValue?
        package let after: JSONValue?

        package init(_ name: String, _ before: JSONValue?, _ after: JSONValue?) {
            self.name = name
            self.before = before
            self.after = after
        }
    }

    package let kind: Kind
    package let name: String
    package let verb: Verb
    package var differences: [Difference] = []
    /// Unpacked; nil for what has no size, and on the side where it is not.
    package var bytesBefore: Int64?
    package var bytesAfter: Int64?
    /// What a delta against OLD carries for it, its parts included.
    package var cost: Int64 = 0
    /// OLD has the content of this new file at another place.
    package var sameAs: ReleasePath?
    /// The layers of an image.
    package var parts: [ReleaseChange] = []

    package init(_ kind: Kind, _ name: String, _ verb: Verb) {
        self.kind = kind
        self.name = name
        self.verb = verb
    }

    /// Of a thing that is not alike on both sides, and at least on one.
    init<Thing>(_ kind: Kind, _ name: String, from before: Thing?, to after: Thing?) {
        self.init(kind, name, before == nil ? .added : after == nil ? .removed : .changed)
    }

    /// The dearest first.
    static func precedes(_ left: ReleaseChange, _ right: ReleaseChange) -> Bool {
        guard left.cost == right.cost else { return left.cost > right.cost }
        guard left.kind == right.kind else { return left.kind.rank < right.kind.rank }
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

extension ReleaseChange.Kind {
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
