// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// One line of the audit log: that something was tried, or how it ended. Refusals are written like successes.
package struct AuditEntry: Codable, Equatable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        /// It begins; the entry that says how it ended has the same `run`.
        case attempted
        case done
        /// Nothing was changed: trust, preflight, the lock, a usage error.
        case refused
        case failed
        case rolledBack = "rolled-back"
        /// A person must look.
        case stuck
    }

    /// Something that was allowed against the rule.
    package struct Override: Codable, Equatable, Sendable {
        package var rule: String
        /// The operator's words.
        package var reason: String

        package init(rule: String, reason: String) {
            self.rule = rule
            self.reason = reason
        }
    }

    /// What was to be done and with what; the same in all entries of one run.
    package struct Subject: Codable, Equatable, Sendable {
        package var verb: String
        package var product: ReleaseName?
        package var version: Version?
        /// The release digest, once it is proven.
        package var digest: Digest?
        /// The file that the release came in, or what else was given: as a path of this host where there is one.
        package var medium: String?
        /// SHA-256 of the SHA256SUMS of the bundle: which carrier it was, of several of one release.
        package var carrier: Digest?
        /// Fingerprints of the keys whose signatures were believed.
        package var keys: [String]
        /// Fingerprints of the keys that approved it.
        package var approvals: [String]?
        /// What was believed meanwhile.
        package var root: Receipt.RootMark?
        package var overrides: [Override]

        package init(
            verb: String, product: ReleaseName? = nil, version: Version? = nil, digest: Digest? = nil,
            medium: String? = nil, keys: [String] = [], overrides: [Override] = []
        ) {
            self.verb = verb
            self.product = product
            self.version = version
            self.digest = digest
            self.medium = medium
            self.keys = keys
            self.overrides = overrides
        }
    }

    package var subject: Subject
    package var outcome: Outcome
    /// Exit status of the command; nil while it runs.
    package var exitStatus: Int?
    /// One line of why, as the operator was told.
    package var detail: String?
    /// Ties the entries of one run together: process and boot.
    package var process: Int32
    package var bootID: String
    /// Seconds since 1970 by the wall clock, which may be wrong …
    package var wallSeconds: Int64
    /// … and milliseconds since boot, which cannot go back within one boot.
    package var monotonicMilliseconds: Int64
    package var user: UInt32
    /// Who logged in, whatever sudo made of them since.
    package var loginUser: UInt32?
    /// The operator's words, from `--note`.
    package var note: String?
    /// The receipt that was written of it; in an entry of its own, as a receipt quotes the log's head.
    package var receipt: ReceiptMark?

    /// A receipt by its number and the SHA-256 of its bytes.
    package struct ReceiptMark: Codable, Equatable, Sendable {
        package var number: Int
        package var sha256: Digest

        package init(number: Int, sha256: Digest) {
            self.number = number
            self.sha256 = sha256
        }
    }

    package init(
        subject: Subject, outcome: Outcome, exitStatus: Int? = nil, detail: String? = nil, note: String? = nil,
        process: Int32, facts: HostFacts, clock: some HostClock
    ) {
        self.subject = subject
        self.outcome = outcome
        self.exitStatus = exitStatus
        self.detail = detail
        self.process = process
        bootID = facts.bootID
        wallSeconds = clock.wallSeconds()
        monotonicMilliseconds = clock.monotonicMilliseconds()
        user = facts.effectiveUser
        loginUser = facts.loginUser
        self.note = note
    }
}
