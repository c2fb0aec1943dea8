// SPDX-License-Identifier: Apache-2.0

/// One thing that a trust root says otherwise than the one before it: what its holders sign, and what a host is told.
package enum RootChange: Equatable, Sendable {
    case comes(Role, KeyFingerprint, name: String?)
    case goes(Role, KeyFingerprint, name: String?)
    case revoked(KeyFingerprint, name: String?)
    case threshold(Role, from: Int?, to: Int?)
    case minimum(product: String, from: String?, to: String?)
    case bestBefore(from: String?, to: String?)

    /// In the order of roles; a key that is revoked is said once, and not also to go.
    package static func list(from before: TrustRoot, to next: TrustRoot) -> [RootChange] {
        var changes: [RootChange] = []
        let revoked = Set(next.revoked).subtracting(before.revoked)
        for hex in revoked.sorted() {
            if let key = KeyFingerprint(hex: hex) { changes.append(.revoked(key, name: before.keys[hex]?.name)) }
        }
        for role in Role.allCases {
            let old = before.roles[role.rawValue]
            let new = next.roles[role.rawValue]
            for hex in Set(old?.keys ?? []).subtracting(new?.keys ?? []).subtracting(revoked).sorted() {
                if let key = KeyFingerprint(hex: hex) { changes.append(.goes(role, key, name: before.keys[hex]?.name)) }
            }
            for hex in Set(new?.keys ?? []).subtracting(old?.keys ?? []).sorted() {
                if let key = KeyFingerprint(hex: hex) { changes.append(.comes(role, key, name: next.keys[hex]?.name)) }
            }
            if old?.threshold != new?.threshold {
                changes.append(.threshold(role, from: old?.threshold, to: new?.threshold))
            }
        }
        for product in Set(before.minimumVersions.keys).union(next.minimumVersions.keys).sorted()
        where before.minimumVersions[product] != next.minimumVersions[product] {
            changes.append(
                .minimum(
                    product: product, from: before.minimumVersions[product], to: next.minimumVersions[product]))
        }
        if before.bestBefore != next.bestBefore {
            changes.append(.bestBefore(from: before.bestBefore, to: next.bestBefore))
        }
        return changes
    }
}
