// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

/// A service that the next release lacks goes with all that was made for it.
@Suite struct RetirementTests {
    /// A container of docker has one (decision 0049); it stays active, and its control group with it, until somebody stops it.
    @Test func aRetiredServiceTakesItsSliceAlong() async throws {
        let host = try EngineHost()
        try await EngineScenario.upgrade.prepare(host)
        let (unit, slice) = ("lake.retired.service", "system-lake.retired.slice")
        #expect(try FileSystem.exists(host.layout.unit(unit)))
        try FileSystem.write(Array("# Written by bundle and replaced\n".utf8), to: host.layout.unit(slice))
        host.services.moment.running[slice] = UnitWorld.Running(text: "", program: "", invocation: 1)
        try await EngineScenario.upgrade.run(try await EngineScenario.upgrade.prepared(host), host.installation())
        #expect(try !FileSystem.exists(host.layout.unit(unit)) && !FileSystem.exists(host.layout.unit(slice)))
        #expect(host.services.moment.running[slice] == nil)
    }
}
