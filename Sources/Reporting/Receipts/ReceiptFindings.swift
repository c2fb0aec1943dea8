// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import Trust

/// What judging what was brought from one host came to.
package struct ReceiptFindings: Sendable {
    package enum Fault: Equatable, Sendable {
        /// No file of these numbers, though a later one, or the log, says that they were written.
        case missing(ClosedRange<Int>)
        /// The host's own word that a crash tore it.
        case voided(Int)
        case unsigned(Int)
        case unproven(Int, ReceiptError)
        /// By a key that is not believed here. `vouchedBy`: the proven receipt in which the key before named this one.
        case notBelieved(ClosedRange<Int>, host: KeyFingerprint, isRevoked: Bool, vouchedBy: Int?)
        /// A proven receipt under another's number.
        case misnamed(Int, says: Int)
        /// It names another one before it.
        case chainBroken(Int)
        /// The log has another SHA-256 of it.
        case logTellsAnother(Int)
        case logMissing
        case logBroken(file: String, line: Int)
        /// The log ends before the line that the receipt saw.
        case logCut(Int, lines: Int, has: Int)
        /// That line of the log is not what the receipt saw.
        case logRewritten(Int, line: Int)
        /// Two receipts of one host key have one number: two histories, one of them hidden.
        case fork(Int, other: String)
    }

    /// What a fault means; the worst one decides how the program ends.
    package enum Weight: Int, Comparable, Sendable {
        /// Evidence is missing.
        case gap
        /// Something is no receipt.
        case malformed
        /// Something is signed by a key that is not believed here.
        case unknown
        /// Something says what nobody vouches for, or what another receipt contradicts.
        case forgery

        package static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    /// By number.
    package internal(set) var proven: [ProvenReceipt] = []
    package internal(set) var faults: [Fault] = []
    /// Files that are not looked at.
    package internal(set) var foreign: [String] = []
    /// Of the log as far as its chain holds.
    package internal(set) var entries: [AuditEntry] = []
    /// HEX of the lines of the logs, by the number of the line.
    var marks: [Int: Set<Digest>] = [:]
    var logLines = 0

    package init() {}

    /// nil when nothing is wrong.
    package var weight: Weight? { faults.map(\.weight).max() }

    /// Adds what two collections of one host say against each other: the same number, and not the same receipt.
    /// - Parameter all: with the name of each, for people.
    package static func addForks(_ all: inout [(name: String, findings: ReceiptFindings)]) {
        var seen: [KeyFingerprint: [Int: (name: String, sha256: Digest)]] = [:]
        for index in all.indices {
            for one in all[index].findings.proven {
                let number = one.receipt.number
                if let former = seen[one.host.fingerprint]?[number] {
                    guard former.sha256 != one.sha256 else { continue }
                    all[index].findings.faults.append(.fork(number, other: former.name))
                } else {
                    seen[one.host.fingerprint, default: [:]][number] = (all[index].name, one.sha256)
                }
            }
        }
    }
}

extension ReceiptFindings.Fault {
    package var weight: ReceiptFindings.Weight {
        switch self {
        case .missing, .voided, .logMissing, .logCut: .gap
        case .unproven(_, .malformed): .malformed
        case .notBelieved, .unproven(_, .unknownHost): .unknown
        case .unsigned, .unproven, .misnamed, .chainBroken, .logTellsAnother, .logBroken, .logRewritten, .fork: .forgery
        }
    }

    /// Whether the log as such cannot be asked.
    var isOfLog: Bool {
        switch self {
        case .logMissing, .logBroken: true
        default: false
        }
    }
}
