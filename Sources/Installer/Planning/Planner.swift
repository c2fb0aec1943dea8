// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
import Cryptography
import HostSystem

/// Makes a plan out of a release, a site's settings and what the host remembers. Pure: it asks nobody and writes nothing,
/// so `plan` and `install` cannot differ.
package struct Planner {
    package let verb: Plan.Verb
    package let source: any ReleaseSource
    package let renderer: ReleaseRenderer
    package let settings: SiteSettings
    /// nil before the first install.
    package let record: StateRecord?
    /// What only the host can tell.
    package let host: HostHoldings

    package init(
        verb: Plan.Verb, source: any ReleaseSource, renderer: ReleaseRenderer, settings: SiteSettings,
        record: StateRecord?, host: HostHoldings
    ) {
        self.verb = verb
        self.source = source
        self.renderer = renderer
        self.settings = settings
        self.record = record
        self.host = host
    }

    private var manifest: Manifest { renderer.manifest }
    private var names: UnitNames { UnitNames(product: manifest.name) }

    /// The slot that does not serve.
    package static func idleSlot(_ record: StateRecord?) -> Slot { record?.active?.slot.other ?? .blue }

    /// - Throws: what rendering throws, with everything that is missing.
    package func make() throws -> (plan: Plan, rendered: RenderedRelease) {
        let fingerprints = try renderer.fingerprints()
        let places = fingerprints.filter { manifest.services[$0.key]?.strategy == .recreate }.mapValues(\.short)
        let rendered = try renderer.render(places: places)
        let services = StartOrder.of(manifest.services).compactMap { name -> PlannedService? in
            guard let service = manifest.services[name], let fingerprint = fingerprints[name],
                let target = rendered.targets[name]
            else { return nil }
            return planned(name, service, fingerprint, target)
        }
        return (plan(services), rendered)
    }

    /// The slot that serves stays: only services that run once are replaced.
    private var isInPlace: Bool { record?.active?.slot == renderer.placements.slot }

    private func planned(_ name: String, _ service: Service, _ fingerprint: Digest, _ target: HealthTarget)
        -> PlannedService
    {
        let recreate = service.strategy == .recreate
        let place = recreate ? fingerprint.short : ""
        let placement = renderer.placements.placement(of: name, service, place: place)
        let before = record?.recreate[name]
        var target = target
        target.old = oldCopy(of: name, service, target)
        let action: PlannedService.Action =
            switch (recreate, before) {
            case (true, let before?): before.fingerprint == fingerprint && !isHeld(name) ? .keep : .replace
            default: isInPlace && !recreate ? .keep : .start
            }
        return PlannedService(
            name: name, action: action, strategy: service.strategy, unit: placement.unit, place: place,
            fingerprint: fingerprint,
            ports: service.ports.sorted { $0.key < $1.key }.compactMap { key, port in
                guard let endpoints = placement.endpoints[key] else { return nil }
                return PlannedPort(
                    name: key, port: placement.ports[key] ?? port.port, expose: port.expose,
                    sources: sources(of: port.expose), bindAny: port.bindAny,
                    endpoints: endpoints,
                    http: settings.traffic == .haproxy && service.health.map(\.probe).speakHTTP(at: key) ? true : nil)
            },
            target: target, hold: service.hold, drain: service.drain ?? manifest.cutover.drain,
            hostUnits: service.after.compactMap(\.unitName),
            stopTimeout: service.stop.timeout, image: service.image.flatMap { manifest.images[$0]?.id },
            movedState: placement.state.values.map(\.text).filter { !$0.hasPrefix("/var/lib/") }.sorted())
    }

    /// The copy that serves now, for checks that compare with it: where traffic goes, else the other slot's same port.
    private func oldCopy(of name: String, _ service: Service, _ target: HealthTarget) -> HealthTarget.OldCopy? {
        guard let active = record?.active, service.strategy == .blueGreen else { return nil }
        let unit = names.service(name, slot: active.slot)
        guard active.units.contains(unit) else { return nil }
        let ports = service.ports.map { key, port in
            let entry = record?.traffic.first { $0.service == name && $0.port == key }
            return (key, entry?.ipv4 ?? host.addresses.endpoint(active.slot, port: port.port))
        }
        return HealthTarget.OldCopy(unit: unit, ports: Dictionary(uniqueKeysWithValues: ports))
    }

    private func sources(of exposure: Port.Exposure) -> [AddressRange] {
        guard case .network(let name) = exposure else { return [] }
        return AddressRange.merged(settings.networks[name] ?? [])
    }

    /// A job at `held` needs its writer stopped, whether or not that changed.
    private func isHeld(_ service: String) -> Bool {
        jobs.contains { $0.moment == .held && $0.like == service && !$0.isDone }
    }

    private var jobs: [PlannedJob] {
        // They were run for this release when its slot was started.
        if isInPlace { return [] }
        let runs = manifest.jobs.sorted { $0.key < $1.key }.flatMap { name, job in
            job.at.map { moment in
                PlannedJob(
                    name: name, moment: moment,
                    unit: renderer.placements.placement(ofJob: name, job, at: moment).unit, once: job.once,
                    data: job.data, timeout: job.timeout, like: job.like, hostUnits: job.after.compactMap(\.unitName),
                    isDone: job.once.map { host.jobs.isDone(name, once: $0) } ?? false)
            }
        }
        let order = StartOrder.of(manifest.services, manifest.jobs)
        let place = { (job: PlannedJob) in order.firstIndex(of: job.name) ?? order.count }
        return runs.sorted { (place($0), $0.name) < (place($1), $1.name) }
    }

    private func plan(_ services: [PlannedService]) -> Plan {
        let active = record?.active
        let recreateNow = Set(services.filter { $0.strategy == .recreate }.map(\.name))
        let retired = (record?.recreate ?? [:]).filter { !recreateNow.contains($0.key) }
        return Plan(
            verb: verb, name: manifest.name, version: manifest.version, digest: source.digest,
            directory: source.directory, slot: renderer.placements.slot, addressIndex: host.addressIndex,
            replaces: active.map {
                RunningRelease(
                    version: $0.version, digest: $0.digest, directory: $0.directory, slot: $0.slot,
                    units: isInPlace ? [] : $0.units.reversed())
            },
            createsRelease: !source.isHeld, createsUser: !host.userExists, services: services,
            jobs: jobs, order: StartOrder.of(manifest.services, manifest.jobs),
            retired: retired.sorted { $0.key < $1.key }.map {
                RetiredService(name: $0.key, unit: $0.value.unit, stopTimeout: .seconds(90))
            },
            formerTraffic: record?.traffic ?? [], formerRecreate: record?.recreate ?? [:],
            images: images, cutover: manifest.cutover, settings: settings.digest, prunes: prunes(services),
            warnings: [], driver: settings.traffic == .nftables ? nil : settings.traffic,
            runtime: renderer.placements.runtime?.runtime,
            namesManifests: renderer.placements.runtime?.namesManifests == true ? true : nil)
    }

    private var images: [PlannedImage] {
        manifest.images.sorted { $0.key < $1.key }.map { name, image in
            PlannedImage(
                name: name, image: image, loads: !host.images.contains(image.id))
        }
    }

    /// Beyond the newest `keep`, counting the one that is coming; never one that a kept recreate service runs from.
    private func prunes(_ services: [PlannedService]) -> [String] {
        guard let record else { return [] }
        let keptNames = Set(services.filter { $0.action == .keep }.map(\.name))
        var needed = Set(record.recreate.filter { keptNames.contains($0.key) }.map(\.value.directory))
        needed.insert(source.directory)
        // In the order in which they were called good: a wall clock may have stood wrong meanwhile.
        let others = record.releases.filter { $0.directory != source.directory }.reversed()
        // The one that serves now is what a rollback goes back to.
        if let active = record.active { needed.insert(active.directory) }
        return others.dropFirst(max(1, settings.keep - 1)).map(\.directory).filter { !needed.contains($0) }.sorted()
    }
}

/// What only the host can tell a planner.
package struct HostHoldings: Equatable, Sendable {
    /// The number of this product's slot addresses.
    package var addressIndex: Int
    package var addresses: SlotAddresses
    package var userExists: Bool
    package var hasIPv6: Bool
    /// IDs of images that the container runtime holds.
    package var images: Set<Digest>
    /// Which jobs ever ran here.
    package var jobs: [JobEntry]

    package init(
        addressIndex: Int, addresses: SlotAddresses, userExists: Bool, hasIPv6: Bool, images: Set<Digest> = [],
        jobs: [JobEntry] = []
    ) {
        self.addressIndex = addressIndex
        self.addresses = addresses
        self.userExists = userExists
        self.hasIPv6 = hasIPv6
        self.images = images
        self.jobs = jobs
    }
}
