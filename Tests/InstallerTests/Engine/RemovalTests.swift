// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// `remove` takes all of it, also when it dies half-way, and forgets neither whose the user is nor what was good here.
@Suite struct RemovalTests {
    private let scenario = EngineScenario.upgrade

    /// Version 1.0.0 serves, 0.9.0 lies on the disk, and the services have written data.
    private func installed() async throws -> EngineHost {
        let host = try EngineHost()
        try await scenario.prepare(host)
        try FileSystem.write(Array("rows".utf8), to: host.layout.data / "table")
        return host
    }

    private func install(_ version: String, _ host: EngineHost) async throws {
        let installation = host.installation()
        let prepared = try await installation.prepare(.install, try scenario.source(version, host))
        try await installation.run(prepared)
    }

    /// Those that a release's version or digest is the reason of; the host itself is none of an installation.
    private func problems(_ source: EngineSource, _ host: EngineHost) async throws -> [PreflightProblem] {
        try await host.installation().prepare(.install, source).problems.filter {
            switch $0 {
            case .belowFloor, .otherDigest: true
            default: false
            }
        }
    }

    private func problems(_ version: String, _ host: EngineHost) async throws -> [PreflightProblem] {
        try await problems(try scenario.source(version, host), host)
    }

    private func hasUser(_ host: EngineHost) throws -> Bool {
        try Accounts.read(root: host.root).account(host.layout.user) != nil
    }

    private func expectGone(_ host: EngineHost, data: Bool, _ note: String) throws {
        let layout = host.layout
        let units = try FileSystem.list(layout.unitDirectory).filter { $0.hasPrefix("lake.") }
        #expect(units == [], "\(note)")
        #expect(host.services.moment.running.isEmpty, "\(note)")
        #expect(host.traffic.moment == nil, "\(note)")
        for place in [layout.home, layout.state, layout.journal, layout.packs, layout.staging] {
            #expect(try !FileSystem.exists(place), "\(note): \(place)")
        }
        for place in [layout.data, layout.sysusersFile] {
            #expect(try FileSystem.exists(place) == !data, "\(note): \(place)")
        }
        #expect(try hasUser(host) == !data, "\(note): the user")
        #expect(try FileSystem.exists(layout.removed) == !data, "\(note): what is remembered")
    }

    @Test func theUserGoesWithTheDataHoweverOftenItWasRemoved() async throws {
        let host = try await installed()
        try await host.installation().remove(data: false)
        try expectGone(host, data: false, "removed")
        try await install("1.0.0", host)
        try await host.installation().remove(data: true)
        try expectGone(host, data: true, "removed with its data")
    }

    @Test func whatARemoveLeftCanBeRemovedToo() async throws {
        let host = try await installed()
        try await host.installation().remove(data: false)
        #expect(try HostLayout.left(root: host.root) == [host.layout.product])
        try await host.installation().remove(data: true)
        try expectGone(host, data: true, "its data")
        #expect(try HostLayout.left(root: host.root) == [])
    }

    @Test(arguments: [false, true]) func aRemoveThatDiedIsFinished(data: Bool) async throws {
        let host = try await installed()
        let moments = try await host.moments { try await host.installation().remove(data: data) }
        #expect(moments.count > 10)
        for (index, moment) in moments.enumerated().dropFirst() {
            for reboots in [false, true] {
                try host.restore(moment)
                if reboots { host.reboot() }
                let isOpen = try FileSystem.exists(host.layout.journal)
                // Its header says what was wanted; before that there is nothing to finish.
                guard try isOpen || !FileSystem.exists(host.layout.state) else { continue }
                let outcome = try await host.installation().recover(booting: reboots)
                if isOpen, try History.list(host.layout).first?.record?.header.verb == Removal.verb {
                    #expect([.finished(verb: Removal.verb), .nothing].contains(outcome), "cut \(index)")
                }
                try expectGone(host, data: data, "cut \(index), rebooted: \(reboots)")
            }
        }
    }

    /// Old bundles stay refused: whoever replays one must not get it in by way of a removal.
    @Test func whatWasGoodHereIsRemembered() async throws {
        let host = try await installed()
        try await host.installation().remove(data: false)
        let version = try #require(Version("0.9.5"))
        let floor = try #require(Version("1.0.0"))
        #expect(try await problems("0.9.5", host) == [.belowFloor(version: version, floor: floor)])
        #expect(try await problems("0.9.0", host) == [])
        #expect(try await problems("1.1.0", host) == [])
        let other = try EngineScenario.jobs.source("1.0.0", host)
        let known = try scenario.source("1.0.0", host)
        let found = try await problems(other, host)
        #expect(found == [.otherDigest(version: floor, installed: known.digest, offered: other.digest)])

        try await install("1.1.0", host)
        #expect(try host.installation().store.load()?.known.map(\.version.description) == ["0.9.0", "1.0.0", "1.1.0"])
        try await host.installation().remove(data: true)
        #expect(try await problems("0.9.5", host) == [])
    }

    /// A first installation that fails behind a removal leaves no record, and what was remembered.
    @Test func anInstallationThatFailsBehindARemovalLeavesNoRecord() async throws {
        let host = try await installed()
        try await host.installation().remove(data: false)
        let installation = host.installation { if $0 == .begins(.bake) { throw Tripwire.Broken() } }
        let prepared = try await installation.prepare(.install, try scenario.source("1.1.0", host))
        await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        #expect(try !FileSystem.exists(host.layout.state))
        #expect(try !FileSystem.exists(host.layout.journal))
        #expect(try hasUser(host))
        #expect(try installation.store.remembered()?.floor == Version("1.0.0"))
    }

    @Test func unitsOfOthersStay() async throws {
        let host = try await installed()
        let unit = host.layout.unit("lake.backup.service")
        try FileSystem.write(Array("[Service]\nExecStart=/bin/true\n".utf8), to: unit)
        try await host.installation().remove(data: true)
        #expect(try FileSystem.exists(unit))
    }

    @Test func aDowngradeIsCalledOne() async throws {
        let host = try await installed()
        let plan = try await host.installation().prepare(.install, try scenario.source("0.9.0", host)).plan
        let (old, new) = (try #require(Version("0.9.0")), try #require(Version("1.0.0")))
        #expect(plan.warnings.contains(.downgrade(from: new, to: old)))
    }
}

/// What `prune` and the record's order do when a run dies or a clock stands wrong.
@Suite struct PruningTests {
    /// The directory goes, and the evidence of what was good stays.
    @Test func aPruneThatDiedLeavesEvidence() async throws {
        let host = try EngineHost()
        try await EngineScenario.upgrade.prepare(host)
        let installation = host.installation()
        try await installation.run(
            try await installation.prepare(.install, try EngineScenario.upgrade.source("2.0.0", host)))
        let store = installation.store
        var record = try #require(try store.load())
        // Of 0.9.0 a service that runs once still runs.
        let index = try #require(record.releases.firstIndex { $0.version.description == "1.0.0" })
        let old = record.releases[index].directory
        _ = try installation.begin("prune", nil, nil)
        record.releases.remove(at: index)
        try store.commit(record)
        try FileSystem.removeTree(host.layout.release(old) / "bin")
        _ = try await host.installation().recover()
        #expect(try !FileSystem.exists(host.layout.release(old)))
        #expect(try FileSystem.exists(host.layout.evidence(old)))
    }

    /// The release before stays on the disk, though the clock stood in the past when it was installed.
    @Test func theReleaseBeforeStaysWhateverTheClockSaid() async throws {
        let host = try EngineHost()
        try FileSystem.write(Array("keep: 3\n".utf8), to: host.layout.siteHost)
        let installation = host.installation()
        for version in ["0.8.0", "0.9.0", "1.0.0"] {
            let source = try EngineScenario.jobs.source(version, host)
            try await installation.run(try await installation.prepare(.install, source))
        }
        var record = try #require(try installation.store.load())
        #expect(record.releases.map(\.version.description) == ["0.8.0", "0.9.0", "1.0.0"])
        record.releases[1].installedAt = 5
        try installation.store.commit(record)
        #expect(try await installation.prune(keep: 2) == [record.releases[0].directory])
    }

    /// An operator may have moved our directory to another disk: at the next boot everything must still be found.
    @Test func recordsBehindALinkAreFound() async throws {
        let host = try EngineHost()
        try await EngineScenario.upgrade.prepare(host)
        let records = host.layout.allRecords
        try FileSystem.rename(records, to: host.root / "elsewhere")
        try FileSystem.replaceSymlink(records, target: (host.root / "elsewhere").text)
        #expect(try HostLayout.withRecords(root: host.root) == [host.layout.product])
        #expect(try HostLayout.products(root: host.root) == [host.layout.product])
        #expect(try StateStore.freeAddressIndex(root: host.root) == 1)
    }

    /// Nothing may take a lost record for a product that was never installed.
    @Test func withoutItsRecordNothingIsSwept() async throws {
        let host = try EngineHost()
        try await EngineScenario.upgrade.prepare(host)
        let before = try host.moment()
        try FileSystem.remove(host.layout.state)
        let gone = RecordError.stateGone(path: host.layout.state)
        #expect(throws: gone) { try StagingSweep(layout: host.layout).run() }
        await #expect(throws: gone) { _ = try await host.installation().recover(booting: true) }
        await #expect(throws: gone) {
            _ = try await host.installation().prepare(.install, try EngineScenario.upgrade.source("2.0.0", host))
        }
        #expect(try host.moment().tree.difference(from: before.tree) == ["var/lib/bundle/lake/state"])
        #expect(host.services.moment == before.units)
        #expect(try HostLayout.products(root: host.root) == [host.layout.product])
    }
}
