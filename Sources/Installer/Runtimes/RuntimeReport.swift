// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// What is known of one container runtime of this host.
package struct RuntimeReport: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case missing
        /// Its program is here and its daemon is not, or it fails; with what it said.
        case silent(String)
        case answers(version: [Int])
    }

    package var runtime: ContainerRuntime
    package var state: State
    /// Where it unpacks images to.
    package var storage: HostPath
    /// Where layers lie on their way in; containerd's are its store.
    package var spool: HostPath
    /// Whether an image's ID is its manifest's digest here: docker with the image store of containerd.
    package var namesManifests = false
    /// docker: which control groups containers get, where that is not what our units need; nil when it is.
    package var badGroups: String?

    package init(_ runtime: ContainerRuntime, _ state: State, storage: HostPath? = nil, spool: HostPath? = nil) {
        self.runtime = runtime
        self.state = state
        let usual: HostPath =
            switch runtime {
            case .podman: "/var/lib/containers"
            case .docker: "/var/lib/docker"
            case .containerd: "/var/lib/containerd"
            }
        self.storage = storage ?? usual
        self.spool = spool ?? (runtime == .podman ? "/var/tmp" : self.storage)
    }

    package var answers: Bool { if case .answers = state { true } else { false } }

    /// The oldest that does what units and loads ask for: podman hands a container our unit's own streams
    /// (`--log-driver=passthrough`) since 4.0; docker knows the unified hierarchy since 20.10; `ctr` of 1.6 is the oldest that
    /// is still maintained, and what we were tried with.
    package static func oldest(_ runtime: ContainerRuntime) -> [Int] {
        switch runtime {
        case .podman: [4, 0]
        case .docker: [20, 10]
        case .containerd: [1, 6]
        }
    }
}
