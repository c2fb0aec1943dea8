// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Reporting
import Testing
import Trust

/// What an auditor finds in what was carried out of a host: each story breaks one thing in a good collection of four.
@Suite struct CarriedReceiptsTests {
    typealias Fault = ReceiptFindings.Fault

    private func hosts() throws -> Keyring { Keyring(keys: [try Pad.key(7).publicKey]) }

    private func faults(_ change: (inout CarriedReceipts) throws -> Void) throws -> [Fault] {
        var carried = try Pad.collection()
        try change(&carried)
        return carried.judge(by: try hosts()).faults
    }

    @Test func aGoodCollectionHasNoFault() throws {
        let findings = try Pad.collection().judge(by: hosts())
        #expect(findings.faults.isEmpty && findings.weight == nil)
        #expect(findings.proven.map(\.receipt.number) == [1, 2, 3, 4])
        #expect(findings.entries.count == 8)
        #expect(findings.foreign.isEmpty)
    }

    @Test func whatIsMissingIsNamed() throws {
        #expect(
            try faults {
                $0.files["000002.receipt"] = nil
                $0.files["000003.receipt"] = nil
            } == [.missing(2...3)])
        #expect(try faults { $0.files["000001.receipt"] = nil } == [.missing(1...1)])
        #expect(try faults { $0.files["000004.receipt"] = nil } == [.missing(4...4)], "the log tells of a cut tail")
        #expect(try faults { $0.logs = [:] } == [.logMissing])
        #expect(
            try faults { $0.logs["audit.log"] = try Pad.lines($0, 3) } == [
                .logCut(3, lines: 5, has: 3), .logCut(4, lines: 7, has: 3),
            ], "the receipts tell of a log whose end was cut off")
        for fault in [Fault.missing(1...1), .logMissing, .logCut(3, lines: 5, has: 3), .voided(1)] {
            #expect(fault.weight == .gap)
        }
    }

    @Test func aReceiptThatNobodyVouchesForIsNamed() throws {
        let sample = try Pad.collection()
        let second = try #require(sample.files["000002.receipt"])
        #expect(try faults { $0.files["000002.receipt.minisig"] = nil } == [.unsigned(2)])
        var edited = second
        edited[edited.count - 3] ^= 1
        let found = try faults { $0.files["000002.receipt"] = edited }
        #expect(found.contains(.chainBroken(3)) && found.contains(.logTellsAnother(2)))
        #expect(found.contains { if case .unproven(2, .untrusted) = $0 { true } else { false } })
        let stranger = try Pad.signature(second, Pad.key(9))
        let strange = try faults { $0.files["000002.receipt.minisig"] = stranger }
        #expect(strange.map(\.weight) == [.forgery])
        let torn = Array(second.prefix(80))
        let signed = try Pad.signature(torn, Pad.key(7))
        let malformed = try faults {
            $0.files["000004.receipt"] = torn
            $0.files["000004.receipt.minisig"] = signed
        }
        #expect(malformed.contains(.unproven(4, .malformed(.noLineFeed))))
        #expect(Fault.unproven(4, .malformed(.noLineFeed)).weight == .malformed)
    }

    /// The host's key was replaced, and whoever asks believes the former one alone.
    @Test func aKeyThatIsNotBelievedIsUnknownAndNotForged() throws {
        let next = try Pad.key(9)
        for says in [next.publicKey.fingerprint, try Pad.key(3).publicKey.fingerprint] {
            var carried = try Pad.collection()
            for (number, key) in [(2, try Pad.key(7)), (3, next), (4, next)] {
                let name = Receipt.fileName(number)
                let before = Digest.ofBytes(try #require(carried.files[Receipt.fileName(number - 1)]))
                var receipt = try Pad.receipt(number, before: before, log: Pad.mark(1))
                receipt.host = key.publicKey.fingerprint
                if number == 2 {
                    receipt.verb = "key-host"
                    receipt.detail = Receipt.successor(says)
                }
                carried.files[name] = receipt.bytes
                carried.files[name + ".minisig"] = try Pad.signature(receipt.bytes, key)
            }
            carried.logs["audit.log"] = try Pad.lines(carried, 1)
            let vouched = says == next.publicKey.fingerprint
            let faults = carried.judge(by: try hosts()).faults
            #expect(
                faults == [
                    .notBelieved(
                        3...4, host: next.publicKey.fingerprint, isRevoked: false, vouchedBy: vouched ? 2 : nil)
                ])
            #expect(faults.map(\.weight) == [.unknown])
            let both = Keyring(keys: [try Pad.key(7).publicKey, next.publicKey])
            #expect(carried.judge(by: both).faults.isEmpty)
            let revoked = Keyring(keys: [try Pad.key(7).publicKey], revoked: [next.publicKey.fingerprint])
            #expect(carried.judge(by: revoked).faults.map(\.weight) == [.unknown])
            // The key is believed, and this is not its signature.
            carried.files["000004.receipt.minisig"] = carried.files["000003.receipt.minisig"]
            #expect(carried.judge(by: both).weight == .forgery)
        }
    }

    @Test func swappedReceiptsAreNamed() throws {
        let found = try faults { carried in
            for suffix in ["", ".minisig"] {
                let two = carried.files["000002.receipt\(suffix)"]
                carried.files["000002.receipt\(suffix)"] = carried.files["000003.receipt\(suffix)"]
                carried.files["000003.receipt\(suffix)"] = two
            }
        }
        #expect(found.contains(.misnamed(2, says: 3)) && found.contains(.misnamed(3, says: 2)))
        #expect(found.contains(.chainBroken(4)))
    }

    @Test func aHistoryThatWasWrittenAnewIsNamed() throws {
        // The key is the host's own: whoever has it can sign anything, but not make the others agree with it.
        let other = try Pad.receipt(2, before: Digest.ofBytes([5]), log: Pad.mark(3))
        let found = try faults {
            $0.files["000002.receipt"] = other.bytes
            $0.files["000002.receipt.minisig"] = try Pad.signature(other.bytes, Pad.key(7))
        }
        #expect(found == [.chainBroken(2), .chainBroken(3), .logTellsAnother(2)])
    }

    @Test func anEditedLogIsNamed() throws {
        let edited = try faults { carried in
            let text = String(decoding: try #require(carried.logs["audit.log"]), as: UTF8.self)
            carried.logs["audit.log"] = Array(text.replacing("\"exitStatus\":0", with: "\"exitStatus\":3").utf8)
        }
        #expect(edited == [.logBroken(file: "audit.log", line: 1)])
        // Its chain is made anew: then the receipts do not find the lines that they saw.
        let forged = try faults { $0.logs["audit.log"] = try Pad.log(entries: 8, note: "forged") }
        #expect(
            forged.filter { if case .logRewritten = $0 { true } else { false } }.count == 4, "\(forged)")
        #expect(Fault.logRewritten(1, line: 1).weight == .forgery)
    }

    @Test func aLogThatWasPutAsideCounts() throws {
        let found = try faults {
            $0.logs["audit.log.2026"] = $0.logs["audit.log"]
            $0.logs["audit.log"] = try Pad.log(entries: 1, note: "new")
        }
        #expect(found.isEmpty, "\(found)")
    }

    @Test func whatTheHostItselfFoundTornIsAGap() throws {
        var carried = try Pad.collection()
        let torn = Array(try #require(carried.files["000004.receipt"]).prefix(30))
        carried.files["000004.receipt"] = torn
        var fifth = try Pad.receipt(5, before: Digest.ofBytes(torn), log: Pad.mark(7))
        fifth.voidsOneBefore = true
        carried.files["000005.receipt"] = fifth.bytes
        carried.files["000005.receipt.minisig"] = try Pad.signature(fifth.bytes, Pad.key(7))
        carried.logs["audit.log"] = try Pad.lines(carried, 7)
        #expect(carried.judge(by: try hosts()).faults == [.voided(4)])
    }

    @Test func twoHistoriesOfOneKeyAreAFork() throws {
        let first = try Pad.collection()
        let last = try #require(first.files["000003.receipt"])
        var second = first
        let other = try Pad.receipt(4, before: Digest.ofBytes(last), log: Pad.mark(5))
        second.files["000004.receipt"] = other.bytes
        second.files["000004.receipt.minisig"] = try Pad.signature(other.bytes, Pad.key(7))
        second.logs["audit.log"] = try Pad.lines(second, 5)
        var all = [
            (name: "may", findings: first.judge(by: try hosts())),
            (name: "june", findings: second.judge(by: try hosts())),
        ]
        #expect(all.allSatisfy { $0.findings.faults.isEmpty }, "each of them alone is good")
        ReceiptFindings.addForks(&all)
        #expect(all[1].findings.faults == [.fork(4, other: "may")])
    }

    @Test func otherFilesAreLeftAlone() throws {
        var carried = try Pad.collection()
        for name in ["1.receipt", "000000.receipt", "notes.txt", "000009.receipt.minisig", "+00001.receipt"] {
            carried.files[name] = [1]
        }
        let findings = carried.judge(by: try hosts())
        #expect(findings.faults.isEmpty, "\(findings.faults)")
        #expect(findings.foreign.count == 5)
    }
}
