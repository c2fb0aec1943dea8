// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// The disk takes nothing any more around the commit: nothing can be undone then, and nobody who was served waits for that.
@Suite(.enabled(if: geteuid() == 0, "mounts file systems")) struct ReadOnlyDiskTests {
    @Test(arguments: [Step.commit, .project])
    func whoWasServedIsServed(step: Step) async throws {
        let host = try EngineHost()
        let places = [host.layout.allRecords, host.layout.unitDirectory, host.layout.home]
        try await EngineScenario.upgrade.prepare(host)
        let before = try host.standing(try host.moment())
        let writer = UnitNames(product: host.layout.product).service("store", slot: nil)
        let installation = host.installation { if $0 == .begins(step) { places.forEach(ReadOnlyDiskTests.fail) } }
        let prepared = try await installation.prepare(.install, try EngineScenario.upgrade.source("2.0.0", host))
        let failure = await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        guard case .stuck = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(host.services.moment.running[writer] != nil)
        #expect(host.traffic.moment?.heldPorts == [])
        for place in places { #expect(umount2(place.text, Int32(MNT_DETACH)) == 0) }
        _ = try await host.installation().recover()
        #expect(try !FileSystem.exists(host.layout.journal))
        if step == .commit {
            let differences = try host.standing(try host.moment()).difference(from: before)
            #expect(differences == [])
        } else {
            #expect(try installation.store.load()?.active?.version.description == "2.0.0")
        }
    }

    /// What was opened before goes on being written, as a file system that became read-only never lets it; the paths do not.
    private static func fail(_ place: HostPath) {
        _ = mount(place.text, place.text, nil, UInt(MS_BIND), nil)
        _ = mount(nil, place.text, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY), nil)
    }
}
