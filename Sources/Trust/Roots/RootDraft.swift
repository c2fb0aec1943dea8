// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What the next trust root says otherwise than the one before it, or all of what the first one says.
package struct RootDraft: Equatable, Sendable {
    package struct Addition: Equatable, Sendable {
        package let role: Role
        package let key: MinisignPublicKey
        /// Whose it is, for people: one line.
        package let name: String?

        package init(role: Role, key: MinisignPublicKey, name: String?) {
            self.role = role
            self.key = key
            self.name = name
        }
    }

    package var additions: [Addition] = []
    /// Keys that have no role any more. What they signed counts no longer, and they may come back.
    package var dropped: Set<KeyFingerprint> = []
    /// Keys that never count again.
    package var revoked: Set<KeyFingerprint> = []
    package var thresholds: [Role: Int] = [:]
    package var minimumVersions: [String: String] = [:]
    /// An empty text takes the date away.
    package var bestBefore: String?

    package init() {}

    /// The root that follows `before`, or root 1.
    ///
    /// - Throws: `badTrustRoot` for one that no host would take: what is wrong is said before anybody signs it.
    package func root(after before: TrustRoot?) throws -> TrustRoot {
        var next = before ?? TrustRoot(empty: 1)
        next.number = (before?.number ?? 0) + 1
        next.revoked = Set(next.revoked + revoked.map(\.hex)).sorted()
        // Two roles are for a key that is alone: a newcomer takes the role over for which it came (trust §4.3).
        if before?.isOfOneKey == true {
            for role in Set(additions.map(\.role)) { next.roles[role.rawValue]?.keys = [] }
        }
        for addition in additions { next.add(addition) }
        let gone = Set(dropped.union(revoked).map(\.hex))
        for role in Array(next.roles.keys) { next.roles[role]?.keys.removeAll { gone.contains($0) } }
        for (role, threshold) in thresholds { next.roles[role.rawValue]?.threshold = threshold }
        for role in additions.map(\.role) where before?.roles[role.rawValue] == nil && thresholds[role] == nil {
            let count = next.roles[role.rawValue]?.keys.count ?? 1
            next.roles[role.rawValue]?.threshold = RootDraft.threshold(role, of: count)
        }
        // It would go unsaid with the role, and whoever asked for it would believe it.
        for (role, threshold) in thresholds where next.roles[role.rawValue]?.keys.isEmpty ?? true {
            throw TrustError.badTrustRoot(.badThreshold(role, threshold: threshold, keys: 0))
        }
        next.roles = next.roles.filter { !$0.value.keys.isEmpty }
        let used = Set(next.roles.values.flatMap(\.keys))
        next.keys = next.keys.filter { used.contains($0.key) }
        next.minimumVersions.merge(minimumVersions) { $1 }
        if let bestBefore { next.bestBefore = bestBefore.isEmpty ? nil : bestBefore }
        _ = try next.encode()
        return next
    }

    /// More than half of the root keys: of three one may be lost, and no thief of one gets through.
    private static func threshold(_ role: Role, of count: Int) -> Int { role == .root ? count / 2 + 1 : 1 }
}

extension TrustRoot {
    fileprivate init(empty number: Int) {
        self.number = number
        keys = [:]
        roles = [:]
    }

    fileprivate mutating func add(_ addition: RootDraft.Addition) {
        let hex = addition.key.fingerprint.hex
        keys[hex] = Key(key: addition.key.base64, name: addition.name ?? keys[hex]?.name)
        let held = roles[addition.role.rawValue] ?? Rule(keys: [], threshold: 1)
        roles[addition.role.rawValue] = Rule(keys: Set(held.keys + [hex]).sorted(), threshold: held.threshold)
    }
}
