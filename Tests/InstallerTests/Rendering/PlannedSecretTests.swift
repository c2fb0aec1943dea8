// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer
import Testing

struct PlannedSecretTests {
    private func digest(_ byte: UInt8) throws -> Digest {
        try #require(Digest(bytes: [UInt8](repeating: byte, count: 32)))
    }

    @Test func tellsWhatChanged() throws {
        let now = ["new": try digest(1), "same": try digest(2), "changed": try digest(3)]
        let before = ["same": try digest(2), "changed": try digest(9), "gone": try digest(4)]
        let found = PlannedSecret.list(now, before: before)
        #expect(found.map(\.id) == ["changed", "gone", "new", "same"])
        #expect(found.map(\.change) == [.changed, .gone, .new, .same])
        #expect(found.map(\.hash) == ["030303030303", nil, "010101010101", "020202020202"])
        #expect(PlannedSecret.list(now, before: nil).allSatisfy { $0.change == .unknown })
    }
}
