// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Everything of a release that is text made for this host: config files and units. A value; nothing is written yet.
package struct RenderedRelease: Equatable, Sendable {
    /// Config files of the idle slot, by name.
    package var slotConfig: [String: [UInt8]] = [:]
    /// Config files of recreate services, by service and name.
    package var placeConfig: [String: [String: [UInt8]]] = [:]
    /// Sensitive config, by the file that systemd takes it from.
    package var credentials: [HostPath: [UInt8]] = [:]
    /// Keyed hashes of sensitive config, by name, as it would be in slot blue: comparable from release to release.
    package var sensitiveHashes: [String: Digest] = [:]
    /// Unit files by file name: those of the slot, of recreate services, and the targets.
    package var units: [String: String] = [:]
    package var checks: [ConfigCheck] = []
    /// How each service's health is asked, with commands rendered.
    package var targets: [String: HealthTarget] = [:]
    /// Certificates that the site provides, with their names rendered.
    package var certificates: [PlannedCertificate] = []
}

/// A program that says whether a rendered config file is good.
package struct ConfigCheck: Equatable, Sendable {
    package var config: String
    package var service: String
    package var task: TransientTask
    /// The file holds secrets, and what a program says about it may quote it.
    package var isSensitive = false
}
