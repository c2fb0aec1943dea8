// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem
package import HostRecords

/// Where one service of a release lives on this host: its slot or its own place, what it listens on, what it may write.
package struct Placement: Equatable, Sendable {
    package var service: String
    /// nil for a recreate service.
    package var slot: Slot?
    /// `…/release`: bin, share and docs below it.
    package var release: HostPath
    package var config: HostPath
    /// By port name.
    package var endpoints: [String: SlotEndpoints]
    /// Public or host port by port name, as the site may have moved it.
    package var ports: [String: Int]
    /// By state name.
    package var state: [String: HostPath]
    package var unit: String
    package var credentials: String
    /// The unit in which its config is checked, and where that one finds its credentials.
    package var checkUnit: String { unit.dropLast(".service".count) + ".check.service" }
    var checkCredentials: String { "/run/credentials/\(checkUnit)" }
}

/// Computes placements; pure arithmetic over the manifest, the slot and the site's overrides.
package struct Placements: Sendable {
    package let manifest: Manifest
    package let slot: Slot
    package let addresses: SlotAddresses
    package let settings: SiteSettings
    package let layout: HostLayout
    /// The release's directory name.
    package let directory: String
    /// What runs the release's images; nil where it has none.
    package var runtime: RuntimeReport?

    package init(
        manifest: Manifest, slot: Slot, addresses: SlotAddresses, settings: SiteSettings, layout: HostLayout,
        directory: String
    ) {
        self.manifest = manifest
        self.slot = slot
        self.addresses = addresses
        self.settings = settings
        self.layout = layout
        self.directory = directory
    }

    /// - Parameter place: the recreate service's own directory name; while it is not known, any text stands for it.
    package func placement(of name: String, _ service: Service, place: String) -> Placement {
        let slot: Slot? = service.strategy == .blueGreen ? self.slot : nil
        let home = slot.map(layout.slot) ?? layout.place(name, place)
        let names = UnitNames(product: manifest.name)
        return Placement(
            service: name, slot: slot, release: home / "release", config: home / "config",
            endpoints: service.ports.mapValues { endpoint($0, of: slot) },
            ports: Dictionary(
                uniqueKeysWithValues: service.ports.map {
                    ($0.key, settings.ports["\(name).\($0.key)"] ?? $0.value.port)
                }),
            state: Dictionary(
                uniqueKeysWithValues: service.state.map { state in
                    let use = "\(name).\(state.name)"
                    return (state.name, self.state(use, movedTo: settings.state[use]))
                }),
            unit: names.service(name, slot: slot),
            credentials: names.credentials(name, slot: slot, image: service.image != nil))
    }

    /// - Parameter use: SERVICE.NAME.
    package func state(_ use: String, movedTo path: String?) -> HostPath {
        path.map { HostPath($0) } ?? use.split(separator: ".", maxSplits: 1).reduce(layout.data) { $0 / String($1) }
    }

    /// A job runs from the slot, with the state and the ports of the service that it is like.
    package func placement(ofJob name: String, _ job: Job, at moment: Job.Moment) -> Placement {
        let names = UnitNames(product: manifest.name)
        let stem = UnitNames.job(name, at: moment)
        var placement = Placement(
            service: stem, slot: slot, release: layout.slot(slot) / "release", config: layout.slot(slot) / "config",
            endpoints: [:], ports: [:], state: [:], unit: names.service(stem, slot: slot),
            credentials: names.credentials(stem, slot: slot, image: job.image != nil))
        guard let like = job.like, let service = manifest.services[like] else { return placement }
        let model = self.placement(of: like, service, place: "-")
        placement.endpoints = model.endpoints
        placement.ports = model.ports
        placement.state = model.state
        return placement
    }

    private func endpoint(_ port: Port, of slot: Slot?) -> SlotEndpoints {
        SlotEndpoints(v4: addresses.endpoint(slot, port: port.port), v6: addresses.endpoint6(slot, port: port.port))
    }
}
