// SPDX-License-Identifier: Apache-2.0

/// What runs a release's images on a host: what the site chose for one machine (`runtime:` of host.yaml), else the first of
/// these, in this order, that the machine has and that answers.
package enum ContainerRuntime: String, Codable, Sendable, CaseIterable, Hashable {
    case podman
    case docker
    /// Images and snapshots are containerd's, by its `ctr`; the containers run under our units.
    case containerd
}
