// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import YAMLDocuments

/// `/etc/bundle/policy.yaml`: what this host demands of a release beyond the signatures that its trust root wants (trust §7).
package struct HostPolicy: Equatable, Sendable {
    /// What happens when a rule of time does not hold.
    package enum Reaction: String, CaseIterable, Sendable {
        case warn, refuse
    }

    /// Whether an older release than the newest that was good here may come in.
    package enum Downgrade: String, CaseIterable, Sendable {
        /// Not without an override and its reason.
        case reason
        /// Not even then.
        case never
    }

    /// Other hosts that must have had the release in service first.
    package struct Receipts: Equatable, Sendable {
        package var hosts = 1
        /// Fingerprints of host keys that count; nil for every key of the role `host`.
        package var from: [String]?

        package init(hosts: Int = 1, from: [String]? = nil) {
            self.hosts = hosts
            self.from = from
        }
    }

    /// Products that may come in; nil for any.
    package var products: [String]?
    /// Release keys that must have signed; the trust root's threshold holds all the same.
    package var signatures = 1
    /// Keys of the role `approve` that must have approved.
    package var approvals = 0
    package var receipts: Receipts?
    package var bestBefore = Reaction.warn
    package var clock = Reaction.warn
    package var downgrade = Downgrade.reason

    package init() {}

    /// - Throws: everything that is wrong, in the order of the text. A policy that is not understood is no policy: nothing
    ///   comes in by it.
    package static func decode(_ node: YAMLNode) throws(SpecProblems) -> HostPolicy {
        let ledger = ProblemLedger()
        let document = node.isNull ? YAMLNode(place: node.place, content: .mapping([])) : node
        let section = Section(document, .policy, path: "", ledger, fallback: node.place)
        var policy = HostPolicy()
        if section.has("products") { policy.products = section.texts("products", .name).map(\.text) }
        policy.signatures = section.integer("signatures", 1...16) ?? 1
        policy.approvals = section.integer("approvals", 0...16) ?? 0
        policy.bestBefore = section.choice("bestBefore", Reaction.self) ?? .warn
        policy.clock = section.choice("clock", Reaction.self) ?? .warn
        policy.downgrade = section.choice("downgrade", Downgrade.self) ?? .reason
        if section.has("receipts") {
            let inner = section.section("receipts", .policyReceipts)
            let from = inner.has("from") ? inner.texts("from", .fingerprint).map(\.text) : nil
            policy.receipts = Receipts(hosts: inner.integer("hosts", 1...16) ?? 1, from: from)
        }
        guard ledger.problems.isEmpty else { throw SpecProblems(ledger.problems) }
        return policy
    }
}
