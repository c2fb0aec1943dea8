// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem

extension Installation {
    /// Everything about the host that would make this plan fail; nothing is changed.
    func preflight(_ source: any ReleaseSource, _ plan: Plan, _ record: StateRecord?) async throws -> [PreflightProblem]
    {
        let packs = (source as? BundleSource)?.head.packs.packs ?? []
        let ports = plan.services.flatMap { service in
            service.ports.filter { $0.expose != .slot }.map { ("\(service.name).\($0.name)", $0.port) }
        }
        let names = UnitNames(product: plan.name)
        let targets = [names.target] + Slot.allCases.map(names.target)
        let release = PreflightRelease(
            manifest: source.manifest, digest: source.digest, record: record, isRollback: plan.verb == .rollback,
            ports: Dictionary(uniqueKeysWithValues: ports),
            packBytes: plan.createsRelease ? packs.map(\.storedBytes).reduce(0, +) : 0,
            packs: plan.createsRelease ? packs.count : 0, unpacks: plan.createsRelease,
            imagesToLoad: Set(plan.images.filter(\.loads).map(\.name)),
            treeFileNames: Set(source.fileNames), units: plan.services.map(\.unit) + targets, tool: tool)
        let found = try await PreflightFacts.gather(
            for: release, layout: layout, host: facts, runner: environment.runner)
        return Preflight(release: release, facts: found).problems()
    }
}
