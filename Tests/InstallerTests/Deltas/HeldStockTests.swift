// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Testing

@testable import EngineFakes
@testable import Installer

/// What an inventory says that a host holds.
@Suite struct HeldStockTests {
    @Test func isWhatItsPacksGiveToday() async throws {
        let audited = try await AuditedHost()
        let whole = try HeldStock.gather(audited.layout)
        let program = Digest.ofBytes(Array("#!/bin/sh\nexec sleep 1000\n".utf8))
        #expect(whole.releases.map(\.standing) == [.active])
        #expect(whole.floor == whole.releases.first?.version)
        #expect(whole.contents[program] == 26)
        #expect(whole.contents.count == 2, "documents are in no pack, and an empty content is nowhere")
        try audited.write("evil", audited.layout.packs / "\(program).raw", permissions: 0o600)
        #expect(try HeldStock.gather(audited.layout).contents.count == 1, "what is damaged is not there")
        try FileSystem.remove(audited.evidence / "SHA256SUMS")
        #expect(try HeldStock.gather(audited.layout).contents.isEmpty)
    }
}
