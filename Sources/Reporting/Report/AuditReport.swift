// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What an audit of one product on one host came to: a value, from which text, JSON and a page are made.
package struct AuditReport: Equatable, Sendable {
    /// The release that serves; nil where nothing does, or the record cannot be read.
    package struct Release: Equatable, Sendable {
        package var version: Version
        package var digest: Digest
        package var directory: String
        package var slot: String

        package init(version: Version, digest: Digest, directory: String, slot: String) {
            self.version = version
            self.digest = digest
            self.directory = directory
            self.slot = slot
        }
    }

    /// Who signed the release that serves, and is believed today.
    package struct Signer: Equatable, Sendable {
        package var fingerprint: String
        package var keyID: String
        package var comment: String

        package init(fingerprint: String, keyID: String, comment: String) {
            self.fingerprint = fingerprint
            self.keyID = keyID
            self.comment = comment
        }
    }

    /// A chained file: how many lines it has, and what the last of them vouches by.
    package struct Chain: Equatable, Sendable {
        package var entries: Int
        package var head: String

        package init(entries: Int, head: String) {
            self.entries = entries
            self.head = head
        }
    }

    /// What was looked at.
    package struct Tally: Equatable, Sendable {
        package var releases = 0
        package var files = 0
        package var bytes: Int64 = 0
        package var packs = 0
        package var units = 0
        package var configs = 0
        package var images = 0
        package var ports = 0
        package var processes = 0
        package var operations = 0

        package init() {}

        package var members: [(name: String, count: Int64)] {
            [
                ("releases", Int64(releases)), ("files", Int64(files)), ("bytes", bytes), ("packs", Int64(packs)),
                ("units", Int64(units)), ("configs", Int64(configs)), ("images", Int64(images)),
                ("ports", Int64(ports)), ("processes", Int64(processes)), ("operations", Int64(operations)),
            ]
        }
    }

    /// What `--repair` did before the findings were made.
    package struct Repair: Equatable, Sendable {
        package struct Failure: Equatable, Sendable {
            package var place: String
            package var reason: String

            package init(place: String, reason: String) {
                self.place = place
                self.reason = reason
            }
        }

        package var mended: [AuditFinding] = []
        package var failures: [Failure] = []
        /// Units that run by what they read before it was mended: never restarted by a repair.
        package var restarts: [String] = []

        package init() {}
    }

    package var product: ReleaseName
    package var hostname: String
    package var bootID: String
    /// RFC 3339, UTC.
    package var time: String
    package var tool: String
    /// SHA-256 of the program that made the report.
    package var toolDigest: String?
    package var release: Release?
    package var signers: [Signer] = []
    /// The number of the trust root by which signatures were judged; nil where none was adopted.
    package var root: Int?
    package var rootFingerprint: String?
    package var log: Chain?
    package var receipts: Chain?
    package var tally = Tally()
    package var findings: [AuditFinding] = []
    package var repair: Repair?

    package init(product: ReleaseName, hostname: String, bootID: String, time: String, tool: String) {
        self.product = product
        self.hostname = hostname
        self.bootID = bootID
        self.time = time
        self.tool = tool
    }

    package enum Verdict: String, Sendable { case clean, drift, damage }

    package var verdict: Verdict {
        switch findings.map(\.weight).max() {
        case .damage: .damage
        case .drift: .drift
        case .note, nil: .clean
        }
    }

    /// Damage first; then in the order in which it was looked at.
    package var sorted: [AuditFinding] {
        let order = AuditFinding.Area.allCases
        return findings.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.weight != other.weight { return one.weight > other.weight }
            let places = (order.firstIndex(of: one.area) ?? 0, order.firstIndex(of: other.area) ?? 0)
            return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
        }.map(\.element)
    }
}
