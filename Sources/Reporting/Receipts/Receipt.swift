// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Trust

/// What a host says, under its own key, that it did (trust §9). Receipts of a host are numbered from 1 without a gap; each
/// names the one before by its SHA-256, and the audit log by its head, so that what was cut off, changed or put in shows.
package struct Receipt: Equatable, Sendable {
    package static let format = "bundle-receipt/1"
    /// The whole document; a reader looks at no more.
    package static let limit = 16 << 10
    /// Of one text of people's: a note, a reason, a detail. The audit log has it whole.
    package static let textBytes = 512
    package static let lastNumber = 999_999
    package static let overrides = 8

    /// How it ended.
    package enum Outcome: String, CaseIterable, Sendable {
        /// What was to be done is done, and holds: after the bake, or with nothing found.
        case good
        /// It failed or was taken back, and the host is as it was before.
        case rolledBack = "rolled-back"
        /// It failed, and nothing had been changed: a rehearsal that lost a connection.
        case failed
        /// `audit`: the host is not what the signed release says.
        case drift
        /// `audit`: evidence or records are damaged.
        case damaged
        /// `audit --repair`: there was drift, and there is none any more.
        case repaired
    }

    /// What it is about.
    package enum Subject: Equatable, Sendable {
        /// No product: the host itself.
        case host
        /// A product of which no release is meant.
        case product(ReleaseName)
        /// - Parameter digest: the release digest.
        case release(ReleaseIdentity, digest: Digest)
    }

    /// Where the audit log stood: lines of the file, and the HEX that the last of them begins with.
    package struct LogMark: Equatable, Sendable {
        package var lines: Int
        package var head: Digest

        package init(lines: Int, head: Digest) {
            self.lines = lines
            self.head = head
        }
    }

    /// The trust root that the host believed.
    package struct RootMark: Codable, Equatable, Sendable {
        package var number: Int
        /// SHA-256 of its file.
        package var sha256: Digest

        package init(number: Int, sha256: Digest) {
            self.number = number
            self.sha256 = sha256
        }
    }

    package var number: Int
    /// The key that signs this receipt.
    package var host: KeyFingerprint
    /// SHA-256 of the receipt before, as it was found; nil of the first one alone.
    package var before: Digest?
    /// The one before was found damaged by this host itself when it wrote this one: a crash tore it.
    package var voidsOneBefore = false
    package var log: LogMark
    package var hostName: String
    /// Seconds since 1970 by the wall clock, which may be wrong …
    package var wallSeconds: Int64
    /// … and milliseconds since the boot of this ID.
    package var monotonicMilliseconds: Int64
    package var bootID: String
    /// `install`, `rollback`, `reconfigure`, `rehearse`, `remove`, `audit`: `[a-z][a-z-]{0,31}`.
    package var verb: String
    package var outcome: Outcome
    package var subject: Subject
    package var root: RootMark?
    /// Who had signed the release and was believed, sorted.
    package var signers: [KeyFingerprint] = []
    /// Who had approved it, sorted.
    package var approvals: [KeyFingerprint] = []
    package var overrides: [AuditEntry.Override] = []
    /// The operator's words.
    package var note: String?
    /// One line of what happened, or why.
    package var detail: String?

    package init(
        number: Int, host: KeyFingerprint, before: Digest?, log: LogMark, hostName: String, wallSeconds: Int64,
        monotonicMilliseconds: Int64, bootID: String, verb: String, outcome: Outcome, subject: Subject
    ) {
        self.number = number
        self.host = host
        self.before = before
        self.log = log
        self.hostName = hostName
        self.wallSeconds = wallSeconds
        self.monotonicMilliseconds = monotonicMilliseconds
        self.bootID = bootID
        self.verb = verb
        self.outcome = outcome
        self.subject = subject
    }

    /// What the last receipt of a key that is replaced says of the next one (trust §9.1).
    package static func successor(_ key: KeyFingerprint) -> String { "the next receipts are signed by host key \(key)" }

    package static let successorVerb = "key-host"

    func names(next key: KeyFingerprint) -> Bool {
        verb == Receipt.successorVerb && outcome == .good && detail == Receipt.successor(key)
    }

    /// `000007.receipt`.
    package static func fileName(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + fileSuffix
    }

    package static let fileSuffix = ".receipt"
    /// Behind the file name of a receipt.
    package static let signatureSuffix = ".minisig"
}
