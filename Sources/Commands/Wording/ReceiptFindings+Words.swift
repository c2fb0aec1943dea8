// SPDX-License-Identifier: Apache-2.0
import Reporting

extension ReceiptFindings.Fault {
    /// One line: which receipt, and what that means.
    var words: String {
        switch self {
        case .missing(let numbers):
            numbers.count == 1
                ? "receipt \(numbers.lowerBound) is missing"
                : "receipts \(numbers.lowerBound) to \(numbers.upperBound) are missing"
        case .voided(let number): "receipt \(number) was torn by a crash; the host itself says so in the next one"
        case .unsigned(let number): "receipt \(number) has no signature beside it"
        case .unproven(let number, let error): "receipt \(number): \(error.explanation.message)"
        case .notBelieved(let numbers, let host, let isRevoked, let voucher):
            (numbers.count == 1
                ? "receipt \(numbers.lowerBound) is" : "receipts \(numbers.lowerBound) to \(numbers.upperBound) are")
                + " signed by host key \(host), which is \(isRevoked ? "revoked" : "not believed") here; "
                + (voucher.map { "vouched for by receipt \($0), which the key before signed" }
                    ?? "no receipt vouches for it")
        case .misnamed(let number, let says): "receipt \(number) is receipt \(says) under another number"
        case .chainBroken(let number): "receipt \(number) names another receipt \(number - 1) than the one that is here"
        case .logTellsAnother(let number): "receipt \(number) is not the one that the audit log tells of"
        case .logMissing: "the audit log is missing"
        case .logBroken(let file, let line): "\(file): line \(line) is not the one that was written"
        case .logCut(let number, let lines, let has):
            "the audit log was cut: it has \(has) lines, and receipt \(number) saw \(lines)"
        case .logRewritten(let number, let line):
            "the audit log was written anew: line \(line) is not the one that receipt \(number) saw"
        case .fork(let number, let other):
            "receipt \(number) is another one than in \(other): two histories of one host key"
        }
    }
}

extension ReceiptFindings.Weight {
    /// Of one width, for a column.
    var word: String {
        switch self {
        case .gap: "missing  "
        case .malformed: "damaged  "
        case .unknown: "unknown  "
        case .forgery: "forged   "
        }
    }
}
