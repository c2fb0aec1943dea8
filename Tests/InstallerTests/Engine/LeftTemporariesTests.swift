// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// What a run that died between writing and renaming left goes with the next one, wherever we write; what is anybody else's stays.
@Suite struct LeftTemporariesTests {
    @Test func recoveryTakesThemAway() async throws {
        let host = try EngineHost()
        let scenario = EngineScenario.upgrade
        try await scenario.prepare(host)
        let layout = host.layout
        let active = try #require(try StateStore(layout: layout).load()?.active)
        let places = [
            layout.unitDirectory, layout.tool.parent, layout.records, layout.evidence(active.directory),
            layout.evidence(active.directory) / SiteFiles.former, layout.home,
        ]
        for place in places {
            try FileSystem.createDirectories(place)
            try FileSystem.write([1], to: place / "\(FileSystem.temporaryPrefix)left")
        }
        let others = layout.unitDirectory / ".tmp-of-another"
        try FileSystem.write([1], to: others)
        _ = try await host.installation().recover()
        for place in places {
            #expect(try !FileSystem.list(place).contains { $0.hasPrefix(FileSystem.temporaryPrefix) }, "\(place)")
        }
        #expect(try FileSystem.exists(others))
    }
}
