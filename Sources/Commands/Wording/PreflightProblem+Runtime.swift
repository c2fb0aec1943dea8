// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension PreflightProblem {
    /// What runs images.
    var runtimeExplanation: Explanation? {
        switch self {
        case .runtimeMissing(let runtime, let isWanted, let images):
            Explanation(
                "\(isWanted ? runtime.rawValue : "podman, docker and containerd") missing, and the release carries images "
                    + "(\(images.joined(separator: ", ")))",
                hint: isWanted
                    ? "install its package, or take `runtime:` out of host.yaml"
                    : "install one of them; podman needs no daemon")
        case .runtimeSilent(let runtime, let said):
            Explanation(
                "\(runtime.rawValue) does not answer" + Explanation.block(String(said.suffix(500))),
                hint: runtime == .podman ? "`podman info` says why" : "systemctl status \(runtime.rawValue)")
        case .runtimeTooOld(let runtime, let found, let needed):
            Explanation("\(runtime.rawValue) \(Self.dotted(needed)) is needed, \(Self.dotted(found)) is here")
        case .runtimeGroups(.docker, let found):
            Explanation(
                "docker makes control groups that systemd does not know (\(found))",
                hint:
                    #"boot with cgroup v2, and "exec-opts": ["native.cgroupdriver=systemd"] in /etc/docker/daemon.json"#
            )
        case .runtimeGroups(let runtime, let found):
            Explanation(
                "\(runtime.rawValue) needs unified control groups, this host has \(found)",
                hint: "boot with systemd.unified_cgroup_hierarchy=1")
        case .runtimeNotifiesNobody(let runtime, let service):
            Explanation(
                "\(service) says by itself when it is ready (health: notify), which \(runtime.rawValue) hands on to nobody",
                hint: "run it under podman or containerd (`runtime:` of host.yaml)")
        default: nil
        }
    }
}
