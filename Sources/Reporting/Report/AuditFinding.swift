// SPDX-License-Identifier: Apache-2.0

/// One way in which a host is not what was signed, or what is worth knowing of it.
package struct AuditFinding: Equatable, Sendable {
    /// What an exit status is made of (host-state §17.3).
    package enum Weight: String, Sendable, Comparable {
        /// Of the site's own, or of the past: said, and no difference.
        case note
        /// The host differs from what was signed and can be made so again.
        case drift
        /// What the rest is compared with, or mended from, is broken itself.
        case damage

        package static func < (left: Weight, right: Weight) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .drift: 1
            case .damage: 2
            }
        }
    }

    /// What was compared, in the order of a report.
    package enum Area: String, Sendable, CaseIterable {
        /// What this host believes: its trust roots.
        case trust
        case evidence, packs, state, log, receipts
        /// Who may write around what is compared.
        case places
        case files, links, account, units
        case dropIns = "drop-ins"
        case config, images, traffic, processes, site
    }

    package enum Difference: String, Sendable, CaseIterable {
        case missing, changed, unexpected, mode, owner, kind, stopped
        /// Signatures by keys that the host does not believe today.
        case untrusted
        /// A signature that its own key did not make of what is there, or none where there was one.
        case forged
        /// An operator let it in without a signature that counts.
        case unsigned
        /// A chain, or a record.
        case broken
        /// What is there is not what is in force: systemd has read another text.
        case notLoaded = "not-loaded"
        /// An operation has not ended.
        case open
        /// What would tell of it gave no answer, so nothing of it was compared.
        case unanswered
        /// The site's, and there when the release was installed.
        case listed
    }

    package var weight: Weight
    package var area: Area
    package var difference: Difference
    /// A path, a unit, a port, an image's name, a key.
    package var place: String
    package var expected: String?
    package var found: String?
    /// What a person does about it, where `--repair` does nothing.
    package var remedy: String?
    package var isMendable: Bool

    package init(
        _ weight: Weight, _ area: Area, _ difference: Difference, at place: String, expected: String? = nil,
        found: String? = nil, remedy: String? = nil, isMendable: Bool = false
    ) {
        self.weight = weight
        self.area = area
        self.difference = difference
        self.place = place
        self.expected = expected
        self.found = found
        self.remedy = remedy
        self.isMendable = isMendable
    }

    /// For programs: `files-changed`.
    package var code: String { "\(area.rawValue)-\(difference.rawValue)" }
}
