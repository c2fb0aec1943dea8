// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Everything that a unit needs and its service's declaration does not say: what was rendered, and where things are.
package struct UnitContext: Equatable, Sendable {
    package var product: ReleaseName
    package var service: String
    /// nil for a service that is replaced in place.
    package var slot: Slot?
    /// argv and environment as rendered for this slot.
    package var run: [String]
    package var environment: [String: String]
    /// The directory of the release, `/opt/NAME/slots/SLOT/release` or `/opt/NAME/releases/…`; an image sees it too.
    package var release: HostPath
    /// The rendered config of this slot; an image sees it at the same place.
    package var config: HostPath
    /// State by name: where it really is on this host.
    package var state: [String: HostPath]
    /// Secrets that the site provides: id → file. One that it does not provide is left out.
    package var secrets: [String: HostPath]
    /// Rendered files that are secret themselves, handed over beside the secrets: id → file.
    package var credentials: [String: HostPath]
    /// Services of this release that run once, so that an `after:` finds the right unit.
    package var recreateServices: Set<String>
    /// The image's ID, as the runtime knows it, for a service that has one: `sha256:` is put before it.
    package var imageID: Digest?
    /// What runs the image.
    package var runtime = ContainerRuntime.podman
    /// Whether it runs to its end and is started by hand only: a job.
    package var isJob = false
    /// Where an image's fixed ports really are; nil when it has none.
    package var steering: PortSteering?
    /// How long a start may take before systemd gives up (`Type=notify`).
    package var startTimeout: TimeSpan

    package init(
        product: ReleaseName, service: String, slot: Slot?, run: [String], environment: [String: String] = [:],
        release: HostPath, config: HostPath, state: [String: HostPath] = [:], secrets: [String: HostPath] = [:],
        credentials: [String: HostPath] = [:], recreateServices: Set<String> = [], imageID: Digest? = nil,
        steering: PortSteering? = nil,
        startTimeout: TimeSpan = .seconds(60)
    ) {
        self.product = product
        self.service = service
        self.slot = slot
        self.run = run
        self.environment = environment
        self.release = release
        self.config = config
        self.state = state
        self.secrets = secrets
        self.credentials = credentials
        self.recreateServices = recreateServices
        self.imageID = imageID
        self.steering = steering
        self.startTimeout = startTimeout
    }

    package var names: UnitNames { UnitNames(product: product) }
    package var unit: String { names.service(service, slot: slot) }
    package var stem: String { names.stem(service, slot: slot) }
}
