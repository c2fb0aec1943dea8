// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Takes a product away. Each act is safe to leave where a crash stops it and does nothing a second time, so recovery
/// carries it out again, to its end (host-state §5.6).
struct Removal {
    static let verb = "remove"

    /// What the journal says of it.
    struct Order: Codable, Equatable, Sendable {
        /// Whether the services' data goes, too.
        var data: Bool
    }

    let environment: InstallerEnvironment
    let store: StateStore

    private var layout: HostLayout { environment.layout }

    func carryOut(_ order: Order) async throws {
        let record = try store.load()
        try await stopServices()
        try await environment.driving(record?.driver).traffic.remove()
        try removeUnits()
        try await environment.services.daemonReload()
        try await removeImages(record)
        for tree in [layout.home, layout.packs, layout.staging, layout.credentials, layout.staged] {
            try FileSystem.removeTree(tree)
        }
        if let record { try store.remember(record) }
        if order.data { try removeData() }
        try await removeAccount(evenWithData: order.data)
        // A link `current` that came back without a record would look like one whose record was lost.
        try layout.syncNames()
        try store.remove()
        // Last: a second run has to know whose the user is.
        if order.data { try store.forget() }
    }

    private func stopServices() async throws {
        let ours = try OwnUnits(environment: environment).names
        for unit in try await environment.services.units(matching: "\(layout.product).*")
        where unit.hasSuffix(".service") {
            // Its file may be gone already, and the unit still run.
            let isOurs = try ours.contains(unit) || !FileSystem.exists(layout.unit(unit))
            if isOurs { try await environment.services.stop(unit, timeout: .seconds(90)) }
        }
        try await OwnUnits(environment: environment).stopSlices(among: ours)
    }

    /// What jobs did is forgotten with the data that they did it to.
    private func removeData() throws {
        try FileSystem.removeTree(layout.data)
        try FileSystem.remove(layout.jobs)
    }

    private func removeAccount(evenWithData: Bool) async throws {
        // The file says so, too: preflight takes over nobody else's user, and an earlier `bundle` forgot.
        let isOurs = try store.remembered()?.createdUser == true || FileSystem.exists(layout.sysusersFile)
        guard isOurs, try evenWithData || isEmpty(layout.data) else { return }
        try FileSystem.remove(layout.sysusersFile)
        _ = try? await environment.runner.run(Command(["userdel", layout.user]))
        _ = try? FileSystem.removeEmptyDirectory(layout.data)
    }

    private func isEmpty(_ directory: HostPath) throws -> Bool {
        try !FileSystem.exists(directory) || FileSystem.list(directory).isEmpty
    }

    private func removeUnits() throws {
        for unit in try OwnUnits(environment: environment).names { try FileSystem.removeTree(layout.unit(unit)) }
    }

    /// All names of ours. Another product that has the same image has a name of its own.
    private func removeImages(_ record: StateRecord?) async throws {
        let sweep = ImageSweep(layout: layout, runner: environment.runner)
        guard let record, record.runtimes != nil || sweep.concerns(record.releases.map(\.directory)) else { return }
        for runtime in record.imageRuntimes {
            try await sweep.sweep(runtime, keeping: [])
            let images = runtime.images(environment.runner)
            try await sweep.unlessRefused { try await images.tidy() }
        }
    }
}
