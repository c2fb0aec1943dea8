// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import BundleSpecs
import Cryptography
import HostRecords
import HostSystem
import YAMLDocuments

extension Installation {
    /// Everything about the host that would make this plan fail; nothing is changed.
    func preflight(
        _ source: any ReleaseSource, _ plan: Plan, _ record: StateRecord?, _ placements: Placements,
        certificates: [PlannedCertificate]
    ) async throws -> Preflight {
        let staging = (source as? BundleSource)?.staging ?? (files: 0, bytes: 0)
        let ports = plan.services.flatMap { service in
            service.ports.filter { $0.expose != .slot }.map { ("\(service.name).\($0.name)", $0.port) }
        }
        let names = UnitNames(product: plan.name)
        let targets = [names.target] + Slot.allCases.map(names.target)
        var release = PreflightRelease(
            manifest: placements.manifest, digest: source.digest, record: record, isRollback: plan.verb == .rollback,
            ports: Dictionary(uniqueKeysWithValues: ports),
            packBytes: plan.createsRelease ? staging.bytes : 0, packs: plan.createsRelease ? staging.files : 0,
            unpacks: plan.createsRelease,
            imagesToLoad: Set(plan.images.filter(\.loads).map(\.name)),
            treeFileNames: Set(source.fileNames),
            units: plan.services.map(\.unit) + targets + plan.driverUnits(on: layout),
            tool: tool)
        let running = running(record)
        release.lowersFloor = lowersFloor
        release.memory = MemoryNeed(placements.manifest, running: running?.manifest)
        release.overcommit = placements.settings.overcommit
        release.movedState = try plan.movedState + takenState(placements.settings)
        release.dataMovedOn = try JobLedger(layout: layout, clock: environment.clock).entries()
            .closesTheWay(backTo: plan.version)
        release.warnings = running.map { stateMoves(from: $0, to: placements) } ?? []
        release.remembered = try store.remembered()
        if plan.verb == .install { release.staged = try stagedReleases(besides: source.digest) }
        release.driver = plan.driver ?? .nftables
        release.runtime = placements.runtime
        release.isRuntimeWanted = placements.settings.runtime != nil
        release.publicPorts = publicPorts(plan, record)
        var found = try await PreflightFacts.gather(
            for: release, layout: layout, host: facts, runner: environment.runner, outside: environment.outside)
        if !certificates.isEmpty {
            let made = source.manifest.created.flatMap { UTCSeconds.read($0) }
            let time = BelievableTime(
                now: environment.clock.wallSeconds(), after: [made, record?.active?.since].compactMap { $0 })
            let inspection = CertificateInspection(layout: layout, time: time)
            found.time = time
            found.certificates = certificates.compactMap { inspection.report($0) }
        }
        return Preflight(release: release, facts: found)
    }

    /// A staged one of the same version and another content: one of the two is not what it says.
    func stagedReleases(besides digest: Digest) throws -> [KnownRelease] {
        try StagedReleases(layout: layout).list().filter { $0.digest != digest }
            .map { KnownRelease(version: $0.version, digest: $0.digest) }
    }

    /// Below `/var/lib` systemd makes what is missing, and gives to our user what is there: only if it may.
    private func takenState(_ settings: SiteSettings) throws -> [HostPath] {
        try settings.state.values.sorted().map { HostPath($0) }.filter { path in
            let isInOurs = path.text.hasPrefix(layout.data.text + "/")
            return try path.text.hasPrefix("/var/lib/") && !isInOurs && FileSystem.exists(path)
        }
    }

    /// Behind each its slot's port, at an address that no slot has.
    private func publicPorts(_ plan: Plan, _ record: StateRecord?) -> [OutsidePort] {
        guard let addresses = SlotAddresses(index: plan.addressIndex) else { return [] }
        // A proxy stands there for what it serves already; `status` and the bake look at those as they are.
        let isProxied = record?.active != nil && plan.driver ?? .nftables != .nftables
        let proxied = Set(isProxied ? record?.traffic.map(\.number) ?? [] : [])
        return plan.services.flatMap(\.ports).filter { $0.expose == .public && !proxied.contains($0.port) }.map {
            OutsidePort(
                number: $0.port, v4: Endpoint(address: addresses.spare4, port: $0.endpoints.v4.port),
                v6: Endpoint(address: addresses.spare6, port: $0.endpoints.v6.port),
                isHeld: plan.driver == .sockets && !HeldPort.isBehindRules($0.expose, port: $0.port))
        }
    }

    /// What serves now, with the site's side as it was then; nil when that cannot be read, which takes a sum away and
    /// stops nothing.
    private func running(_ record: StateRecord?) -> (manifest: Manifest, host: HostSettings)? {
        guard let record, let active = record.active,
            let bytes = try? FileSystem.readAll(
                layout.evidence(active.directory) / ManifestDocument.name, limit: Limits.manifestBytes),
            Digest.ofBytes(bytes) == active.digest, var manifest = try? ManifestDocument.decode(bytes)
        else { return nil }
        // Of a release with roles or conditions, only what runs here.
        let names = UnitNames(product: layout.product)
        manifest.services = manifest.services.filter { name, _ in
            record.recreate[name] != nil || active.units.contains(names.service(name, slot: active.slot))
        }
        let site = try? SiteFiles.read(from: layout.evidence(active.directory))
        let node = site?.host.flatMap { try? YAMLDocument.parse($0, file: layout.siteHost.text) }
        return (manifest, node.flatMap { try? HostSettings.decode($0) } ?? HostSettings())
    }

    /// Data stays where it was: a service that finds an empty directory starts anew.
    private func stateMoves(
        from running: (manifest: Manifest, host: HostSettings), to placements: Placements
    ) -> [PlanWarning] {
        placements.manifest.services.sorted { $0.key < $1.key }.flatMap { name, service in
            service.state.compactMap { state -> PlanWarning? in
                let use = "\(name).\(state.name)"
                guard running.manifest.services[name]?.state.contains(where: { $0.name == state.name }) == true else {
                    return nil
                }
                let before = placements.state(use, movedTo: running.host.state[use])
                let after = placements.state(use, movedTo: placements.settings.state[use])
                return before == after ? nil : .stateMoves(use: use, from: before.text, to: after.text)
            }
        }
    }
}
