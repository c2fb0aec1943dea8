// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

@testable import HostRecords
@testable import Installer
@testable import EngineFakes

/// A host that does not come up with its products is found out at the worst time: whatever died before, the boot unit of a
/// host with something installed is linked into the boot.
@Suite struct BootUnitTests {
    /// systemctl(1) syncs nothing: power that goes behind the unit file may take its link with it, and the next run finds
    /// the file as it would write it.
    @Test func aUnitWithoutItsLinkIsLinked() async throws {
        let trial = try await EngineTrial(.firstInstall)
        let link = trial.host.layout.unit(BootUnit.wants) / BootUnit.name
        try trial.host.restore(trial.begin)
        try FileSystem.write(Array(BootUnit.text.utf8), to: trial.host.layout.unit(BootUnit.name))
        try await trial.run()
        #expect(try FileSystem.exists(link))
    }
}
