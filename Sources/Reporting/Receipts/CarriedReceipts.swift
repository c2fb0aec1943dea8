// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
package import Trust

/// What was brought from one host: receipts, their signatures, and the audit log. Nothing of it is believed.
package struct CarriedReceipts: Sendable {
    /// By file name: `000001.receipt`, `000001.receipt.minisig`.
    package var files: [String: [UInt8]]
    /// `audit.log`, and what an operator once put aside under a name that begins so (host-state §4.4); by file name.
    package var logs: [String: [UInt8]]
    /// More of them, each read when it is its turn: together they may be longer than memory is.
    package var openLogs: [String: @Sendable () throws -> [UInt8]] = [:]

    package init(files: [String: [UInt8]] = [:], logs: [String: [UInt8]] = [:]) {
        self.files = files
        self.logs = logs
    }

    /// Holds each receipt to the keys, to the one before and to the log, and the log to its chain and to the receipts that
    /// it tells of (trust §9.5). Pure, and it goes on after a fault: an auditor wants all of them.
    package func judge(by hosts: Keyring) -> ReceiptFindings {
        var findings = ReceiptFindings()
        readLogs(&findings)
        let numbers = files.keys.compactMap(CarriedReceipts.number).sorted()
        for number in numbers { judge(number, hosts, &findings) }
        let told = findings.entries.compactMap(\.receipt)
        let last = max(numbers.last ?? 0, told.map(\.number).max() ?? 0)
        for gap in CarriedReceipts.gaps(in: numbers, upTo: last) { findings.faults.append(.missing(gap)) }
        for mark in told {
            guard let bytes = files[Receipt.fileName(mark.number)] else { continue }
            if Digest.ofBytes(bytes) != mark.sha256 { findings.faults.append(.logTellsAnother(mark.number)) }
        }
        let known = Set(numbers.flatMap { [Receipt.fileName($0), Receipt.fileName($0) + Receipt.signatureSuffix] })
        findings.foreign = files.keys.filter { !known.contains($0) }.sorted()
        return findings
    }

    private func readLogs(_ findings: inout ReceiptFindings) {
        if logs.isEmpty && openLogs.isEmpty { findings.faults.append(.logMissing) }
        for name in Set(logs.keys).union(openLogs.keys).sorted() {
            do {
                let bytes = try logs[name] ?? openLogs[name]?() ?? []
                let verdict = try AuditLog.verdict(ofLog: bytes, path: HostPath(name))
                // Any bytes are a torn first line; a log of nothing else is none.
                if verdict.mark.lines == 0, !bytes.isEmpty {
                    throw RecordError.chainBroken(path: HostPath(name), line: 1)
                }
                findings.entries += verdict.entries
                for mark in verdict.marks { findings.marks[mark.line, default: []].insert(mark.head) }
                findings.logLines = max(findings.logLines, verdict.mark.lines)
            } catch RecordError.chainBroken(_, let line) {
                findings.faults.append(.logBroken(file: name, line: line))
            } catch {
                findings.faults.append(.logBroken(file: name, line: 1))
            }
        }
    }

    private func judge(_ number: Int, _ hosts: Keyring, _ findings: inout ReceiptFindings) {
        let name = Receipt.fileName(number)
        guard let bytes = files[name] else { return }
        let proven: ProvenReceipt
        do {
            guard let signature = files[name + Receipt.signatureSuffix] else {
                return note(.unsigned(number), at: number, hosts, &findings)
            }
            proven = try ProvenReceipt.judge(bytes, signature: signature, by: hosts)
        } catch .unknownHost(let host, let isRevoked) {
            return noteUnknown(host, isRevoked: isRevoked, at: number, &findings)
        } catch {
            return note(.unproven(number, error), at: number, hosts, &findings)
        }
        let receipt = proven.receipt
        guard receipt.number == number else { return findings.faults.append(.misnamed(number, says: receipt.number)) }
        findings.proven.append(proven)
        if number > 1, let before = files[Receipt.fileName(number - 1)],
            Digest.ofBytes(before) != receipt.before
        {
            findings.faults.append(.chainBroken(number))
        }
        checkLog(receipt, &findings)
    }

    /// One that its own host found torn, and said so in the next one, is missing and not forged.
    private func note(
        _ fault: ReceiptFindings.Fault, at number: Int, _ hosts: Keyring, _ findings: inout ReceiptFindings
    ) {
        let next = Receipt.fileName(number + 1)
        guard let bytes = files[next], let signature = files[next + Receipt.signatureSuffix],
            let proven = try? ProvenReceipt.judge(bytes, signature: signature, by: hosts),
            proven.receipt.number == number + 1, proven.receipt.voidsOneBefore,
            files[Receipt.fileName(number)].map(Digest.ofBytes) == proven.receipt.before
        else { return findings.faults.append(fault) }
        findings.faults.append(.voided(number))
    }

    /// One fault for all that one key signed in a row, and who proven says that it is the host's next key.
    private func noteUnknown(_ host: KeyFingerprint, isRevoked: Bool, at number: Int, _ findings: inout ReceiptFindings)
    {
        if case .notBelieved(let numbers, host, isRevoked, let voucher)? = findings.faults.last,
            numbers.upperBound == number - 1
        {
            findings.faults[findings.faults.count - 1] = .notBelieved(
                numbers.lowerBound...number, host: host, isRevoked: isRevoked, vouchedBy: voucher)
            return
        }
        let voucher = findings.proven.last { $0.receipt.names(next: host) }?.receipt.number
        findings.faults.append(
            .notBelieved(number...number, host: host, isRevoked: isRevoked, vouchedBy: voucher))
    }

    private func checkLog(_ receipt: Receipt, _ findings: inout ReceiptFindings) {
        // One fault that is named already would be named again with every receipt.
        let isWhole = !findings.faults.contains { $0.isOfLog }
        guard isWhole, receipt.log.lines > 0 else { return }
        guard let heads = findings.marks[receipt.log.lines] else {
            let fault: ReceiptFindings.Fault =
                receipt.log.lines > findings.logLines
                ? .logCut(receipt.number, lines: receipt.log.lines, has: findings.logLines)
                : .logRewritten(receipt.number, line: receipt.log.lines)
            return findings.faults.append(fault)
        }
        if !heads.contains(receipt.log.head) {
            findings.faults.append(.logRewritten(receipt.number, line: receipt.log.lines))
        }
    }

    /// `000007.receipt` is 7; nil for every other spelling.
    package static func number(ofFile name: String) -> Int? {
        guard name.hasSuffix(Receipt.fileSuffix), let number = Int(name.dropLast(Receipt.fileSuffix.count)), number > 0,
            Receipt.fileName(number) == name
        else { return nil }
        return number
    }

    private static func gaps(in numbers: [Int], upTo last: Int) -> [ClosedRange<Int>] {
        var gaps: [ClosedRange<Int>] = []
        var next = 1
        for number in numbers + [last + 1] {
            if number > next { gaps.append(next...(number - 1)) }
            next = number + 1
        }
        return gaps
    }
}
