// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HostSystem

struct RuleEventsTests {
    /// A message of nfnetlink: header, family, then attribute 1 with the table's name, and one behind it.
    private static func message(_ type: UInt8, table: String, subsystem: UInt8 = 10) -> [UInt8] {
        func attribute(_ number: UInt8, _ text: String) -> [UInt8] {
            let value = Array(text.utf8) + [0]
            let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
            return [UInt8(4 + value.count), 0, number, 0] + value + padding
        }
        let body = [1, 0, 0, 7] + attribute(1, table) + attribute(2, "bundle_chain")
        return [UInt8(16 + body.count), 0, 0, 0, type, subsystem, 0, 0] + [UInt8](repeating: 0, count: 8) + body
    }

    private func takesAway(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { RuleEvents.takeAway($0, prefix: Array("bundle_".utf8)) }
    }

    @Test(arguments: [2, 5, 8, 11] as [UInt8]) func whatGoesFromOurTablesIsHeard(type: UInt8) {
        #expect(takesAway(Self.message(type, table: "bundle_pond")))
        #expect(takesAway(Self.message(0, table: "filter") + Self.message(type, table: "bundle_pond")))
    }

    @Test func whatComesAndWhatIsOfOthersIsNot() {
        for type: UInt8 in [0, 3, 6, 9, 12, 14] { #expect(!takesAway(Self.message(type, table: "bundle_pond"))) }
        #expect(!takesAway(Self.message(2, table: "filter")))
        // Connections have the same numbers, in another subsystem.
        #expect(!takesAway(Self.message(2, table: "bundle_pond", subsystem: 1)))
        #expect(!takesAway([]))
    }

    @Test func aMessageCutShortIsNoRule() {
        let whole = Self.message(2, table: "bundle_pond")
        for count in 0..<whole.count { #expect(!takesAway(Array(whole[..<count]))) }
    }
}
