// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

/// `prune` takes the idle slot along with its release, also when it dies half-way: a slot is whole or absent.
@Suite struct PruneTests {
    /// Version 1.0.0 serves; 0.9.0 is what a rollback would go back to.
    private func upgraded() async throws -> EngineHost {
        let host = try EngineHost()
        for version in ["0.9.0", "1.0.0"] {
            let (installation, source) = (host.installation(), try EngineScenario.jobs.source(version, host))
            try await installation.run(try await installation.prepare(.install, source))
        }
        return host
    }

    private func idleSlot(_ host: EngineHost) throws -> Slot {
        let active = try #require(try host.installation().store.load()?.active)
        return active.slot == .blue ? .green : .blue
    }

    private func idleUnits(_ host: EngineHost) throws -> [String] {
        let slot = try idleSlot(host)
        return try FileSystem.list(host.layout.unitDirectory).filter { $0.contains(".\(slot.rawValue).") }
    }

    @Test func idleSlotGoesWithItsRelease() async throws {
        let host = try await upgraded()
        #expect(try !idleUnits(host).isEmpty && FileSystem.exists(host.layout.slot(idleSlot(host))))
        #expect(try await host.installation().prune(keep: 2) == [])
        #expect(try !idleUnits(host).isEmpty, "its release is kept")
        let running = host.services.moment.running.keys.sorted()
        #expect(try await host.installation().prune(keep: 1).count == 1)
        #expect(try idleUnits(host) == [])
        #expect(try !FileSystem.exists(host.layout.slot(idleSlot(host))))
        #expect(host.services.moment.running.keys.sorted() == running)
    }

    @Test func aUnitThatSomebodyElseWroteStays() async throws {
        let host = try await upgraded()
        let slot = try idleSlot(host).rawValue
        let once = "lake.\(slot).service"
        let ours = Array("# Written by bundle and replaced\n".utf8)
        try FileSystem.write(ours, to: host.layout.unit(once))
        try FileSystem.write(Array("[Unit]\n".utf8), to: host.layout.unit("lake.theirs.\(slot).service"))
        _ = try await host.installation().prune(keep: 1)
        #expect(try idleUnits(host) == ["lake.theirs.\(slot).service", once].sorted())
    }

    /// A container of docker has one (decision 0049); it stays active, and its control group with it, until somebody stops it.
    @Test func aSliceIsStoppedBeforeItsFileGoes() async throws {
        let host = try await upgraded()
        let slice = "system-lake.web.\(try idleSlot(host).rawValue).slice"
        try FileSystem.write(Array("# Written by bundle and replaced\n".utf8), to: host.layout.unit(slice))
        host.services.moment.running[slice] = UnitWorld.Running(text: "", program: "", invocation: 1)
        _ = try await host.installation().prune(keep: 1)
        #expect(try !FileSystem.exists(host.layout.unit(slice)))
        #expect(host.services.moment.running[slice] == nil)
    }

    @Test func aPruneThatDiedLeavesNoHalfSlot() async throws {
        let host = try await upgraded()
        let moments = try await host.moments { _ = try await host.installation().prune(keep: 1) }
        #expect(moments.count > 5)
        var finished = 0
        for (index, moment) in moments.enumerated().dropFirst() {
            for reboots in [false, true] {
                try host.restore(moment)
                if reboots { host.reboot() }
                let outcome = try await host.installation().recover(booting: reboots)
                let isThere = try FileSystem.exists(host.layout.slot(idleSlot(host)))
                let releases = try #require(try host.installation().store.load()).releases
                #expect(isThere == (releases.count > 1), "cut \(index), rebooted: \(reboots)")
                #expect(try idleUnits(host).isEmpty == !isThere, "cut \(index), rebooted: \(reboots)")
                if case .finished = outcome {
                    finished += 1
                    #expect(!isThere, "cut \(index), rebooted: \(reboots)")
                }
            }
        }
        #expect(finished > 0)
    }

    @Test func aPruneThatForgotNothingIsUndone() async throws {
        let host = try await upgraded()
        let installation = host.installation()
        let record = try #require(try installation.store.load())
        let order = PruneOrder(directories: [try #require(record.releases.first).directory])
        _ = try installation.begin(PruneOrder.verb, nil, nil, plan: try CanonicalDocument.encode(order))
        guard case .undone = try await host.installation().recover() else {
            Issue.record("it is not undone")
            return
        }
        #expect(try installation.store.load() == record)
        #expect(try !idleUnits(host).isEmpty)
    }

    @Test func halfASlotGoesAndTheOneThatServesStays() async throws {
        let host = try await upgraded()
        let idle = host.layout.slot(try idleSlot(host))
        let active = try #require(try host.installation().store.load()?.active)
        try FileSystem.remove(idle / "release")
        try FileSystem.remove(host.layout.slot(active.slot) / "release")
        _ = try await host.installation().prune(keep: 1)
        #expect(try !FileSystem.exists(idle) && idleUnits(host) == [])
        #expect(try FileSystem.exists(host.layout.slot(active.slot)), "damaged, and not ours to take")
        #expect(try FileSystem.exists(host.layout.unit(active.units[0])))
    }
}
