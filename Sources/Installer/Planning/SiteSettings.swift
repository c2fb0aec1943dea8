// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Configuration

/// What a site says about a release, understood and checked.
package struct SiteSettings: Sendable {
    /// Defaults, site and host, layered and checked against the author's schema.
    package var values: Value
    /// IDs of the secrets that are there.
    package var secrets: Set<String>
    /// Ports that `host.yaml` moves, by `SERVICE.PORT`.
    package var ports: [String: Int]
    /// State directories that `host.yaml` moves, by `SERVICE.NAME`.
    package var state: [String: String]
    /// Releases to keep on disk, the running one included.
    package var keep: Int
    /// What the site calls this machine; nil: what the machine says.
    package var address: String?
    /// What this host is for; nil when the site does not say.
    package var roles: [String]?
    /// Where networks of the release are, by name.
    package var networks: [String: [AddressRange]] = [:]
    /// Whether limits may add up to more memory than there is.
    package var overcommit = false
    /// What leads clients to the slot that serves.
    package var traffic = TrafficDriver.nftables
    /// What runs images here; nil when the site leaves it to the host.
    package var runtime: ContainerRuntime?
    /// Of the documents and the keyed secrets.
    package var digest: Digest

    package init(
        values: Value, secrets: Set<String>, ports: [String: Int] = [:], state: [String: String] = [:], keep: Int = 3,
        digest: Digest
    ) {
        self.values = values
        self.secrets = secrets
        self.ports = ports
        self.state = state
        self.keep = keep
        self.digest = digest
    }
}
