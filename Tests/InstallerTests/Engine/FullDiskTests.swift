// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// `/var/lib/bundle` fills up in the middle of an installation: it is undone all the same, whole, and says so; or it comes to its end.
@Suite struct FullDiskTests {
    @Test(
        .enabled(if: geteuid() == 0, "mounts a file system"),
        arguments: [Step.unpack, .render, .units, .start, .replace, .commit, .project, .bake])
    func itIsOldOrNew(step: Step) async throws {
        let host = try EngineHost()
        let records = host.layout.allRecords
        try FileSystem.createDirectories(records)
        #expect(mount("none", records.text, "tmpfs", 0, "size=4m") == 0)
        // In this order: the host takes its directory away when it goes.
        defer { withExtendedLifetime(host) { _ = umount2(records.text, Int32(MNT_DETACH)) } }
        try await EngineScenario.upgrade.prepare(host)
        let before = try host.standing(try host.moment())
        let installation = host.installation { if $0 == .begins(step) { FullDiskTests.fill(records) } }
        let prepared = try await installation.prepare(.install, try EngineScenario.upgrade.source("2.0.0", host))
        var failure: (any Error)?
        do { try await installation.run(prepared) } catch { failure = error }
        #expect(try !FileSystem.exists(host.layout.journal))
        let outcome = try History.list(host.layout).first?.record?.outcome
        switch failure {
        case .some(DeploymentFailure.undone), .some(DeploymentFailure.rolledBack):
            #expect(outcome == .undone)
            try FileSystem.remove(records / "ballast")
            let differences = try host.standing(try host.moment()).difference(from: before)
            #expect(differences == [])
        case nil:
            // Behind the commit the last page of the journal may have room for the few lines that were left.
            #expect(step > .commit)
            #expect(outcome == .done)
            #expect(try installation.store.load()?.active?.phase == .good)
        default: Issue.record("\(String(describing: failure))")
        }
    }

    /// Where units are it fills up: whatever was stopped for the new one starts again from the file that it had.
    @Test(.enabled(if: geteuid() == 0, "mounts a file system"), arguments: [Step.units, .replace])
    func fullUnitsAreUndone(step: Step) async throws {
        let host = try EngineHost()
        let units = host.layout.unitDirectory
        #expect(mount("none", units.text, "tmpfs", 0, "size=1m") == 0)
        defer { withExtendedLifetime(host) { _ = umount2(units.text, Int32(MNT_DETACH)) } }
        try await EngineScenario.upgrade.prepare(host)
        let before = try host.standing(try host.moment())
        let installation = host.installation { if $0 == .begins(step) { FullDiskTests.fill(units) } }
        let prepared = try await installation.prepare(.install, try EngineScenario.upgrade.source("2.0.0", host))
        await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        #expect(try History.list(host.layout).first?.record?.outcome == .undone)
        try FileSystem.remove(units / "ballast")
        let differences = try host.standing(try host.moment()).difference(from: before)
        #expect(differences == [])
    }

    /// systemd refuses to reload on a full /run: the writer that was stopped serves again all the same, an operator is told, and
    /// once there is room `recover` ends it.
    @Test func theOldWriterStartsThoughNothingIsReloaded() async throws {
        let host = try EngineHost()
        try await EngineScenario.upgrade.prepare(host)
        let before = try host.standing(try host.moment())
        let writer = UnitNames(product: host.layout.product).service("store", slot: nil)
        let serving = try #require(host.services.moment.running[writer])
        let installation = host.installation { checkpoint in
            guard checkpoint == .begins(.replace) else { return }
            host.wire.watch { if $0 == .fallible("daemon-reload") { throw Tripwire.Broken() } }
        }
        let prepared = try await installation.prepare(.install, try EngineScenario.upgrade.source("2.0.0", host))
        let failure = await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        guard case .stuck = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        let again = try #require(host.services.moment.running[writer])
        #expect(again.text == serving.text)
        #expect(again.program == serving.program)
        host.wire.watch(nil)
        _ = try await host.installation().recover()
        let differences = try host.standing(try host.moment()).difference(from: before)
        #expect(differences == [])
    }

    private static func fill(_ directory: HostPath) {
        guard let file = try? HostFile.open(directory / "ballast", .append(permissions: 0o600)) else { return }
        for size in [1 << 20, 1 << 12, 1] { while (try? file.write([UInt8](repeating: 1, count: size))) != nil {} }
    }
}
