// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
import HostRecords

/// Which values a deployment takes, and what of the running release they leave as it is.
extension Installation {
    /// Whose values a deployment takes.
    package enum Settings: Sendable {
        /// What `/etc/NAME` says; of a rollback, what was kept with the release.
        case ofVerb
        /// What was kept before the last `reconfigure`.
        case former
    }

    func siteFiles(_ verb: Plan.Verb, _ source: any ReleaseSource, _ chosen: Settings, _ key: SecretBytes)
        throws -> SiteFiles
    {
        let manifest = source.manifest
        if chosen == .former {
            let found = try SiteFiles.read(formerOf: source.directory, layout, manifest: manifest, key: key)
            guard let found else { throw ReconfigureError.noFormerSettings(manifest.name) }
            return found
        }
        return verb == .rollback
            ? try SiteFiles.read(keptFor: source.directory, layout, manifest: manifest, key: key)
            : try SiteFiles.read(layout, manifest: manifest, key: key)
    }

    /// The slot that serves, when no blue-green service of it would come out otherwise: the same release, the same texts,
    /// the same secrets, the same ports. It is then left alone, whatever happens to services that run once.
    func servingSlot(_ source: any ReleaseSource, _ record: StateRecord?, _ planner: (Slot) -> Planner) throws
        -> Slot?
    {
        guard let record, let active = record.active, active.phase == .good, active.digest == source.digest,
            let running = active.fingerprints
        else { return nil }
        let (plan, _) = try planner(active.slot).make()
        let ports = Set(
            plan.services.flatMap { service in
                service.ports.filter { $0.expose != .slot }.map { "\(service.name).\($0.name) \($0.port) \($0.expose)" }
            })
        let before = Set(record.traffic.map { "\($0.service).\($0.port) \($0.number) \($0.exposure)" })
        return plan.slotFingerprints == running && ports == before ? active.slot : nil
    }

    /// The same release, called good, of which nothing that runs would come out otherwise.
    static func isUnchanged(_ plan: Plan, _ record: StateRecord?) -> Bool {
        guard let active = record?.active, active.digest == plan.digest, active.phase == .good else { return false }
        if active.settings == plan.settings { return true }
        return plan.isInPlace && plan.retired.isEmpty && plan.services.allSatisfy { $0.action == .keep }
    }
}

package enum ReconfigureError: Error, Equatable, Sendable {
    /// `--former`, and nothing was reconfigured yet.
    case noFormerSettings(ReleaseName)
    case nothingServes(ReleaseName)
}
