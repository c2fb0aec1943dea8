// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostRecords
import HostSystem

/// Makes the host be what its state record says: addresses, traffic rules, `current`; at boot also the services. It may
/// run at any time and any number of times.
package struct Projection: Sendable {
    let environment: InstallerEnvironment

    package init(environment: InstallerEnvironment) { self.environment = environment }

    package func apply(_ record: StateRecord) async throws {
        let layout = environment.layout
        let environment = environment.driving(record.driver)
        guard let active = record.active else {
            if record.ready == nil {
                try await environment.traffic.remove()
            } else {
                // A first installation that waits to be promoted runs at its addresses; nothing leads there yet.
                _ = try await environment.traffic.ensure()
                try await environment.traffic.flip(to: record.table)
            }
            try FileSystem.remove(layout.current)
            return
        }
        _ = try await environment.traffic.ensure()
        try await environment.traffic.flip(to: record.table)
        // Somebody may have taken the releases away: then there is nothing to point to, and the product can be removed.
        guard try FileSystem.exists(layout.release(active.directory)) else { return }
        try FileSystem.replaceSymlink(layout.current, target: layout.release(active.directory).text)
    }

    /// Queues the active slot and the recreate services; never waits, because the boot unit that calls it may be what
    /// they are ordered after (design section 8).
    /// - Parameter except: units that must stay down.
    package func queueServices(_ record: StateRecord, except: Set<String> = []) async throws {
        let serving =
            record.active.map { record.recreate.values.map(\.unit).filter { !except.contains($0) }.sorted() + $0.units }
            ?? []
        try await environment.services.startNoBlock(serving + (record.ready?.units ?? []))
    }
}
