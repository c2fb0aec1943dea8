// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// containerd has the image and makes a snapshot of it; the container is run by `runc` in the unit's own control group, as
/// podman runs one, because `ctr run` knows neither user nor limits, and its containers are its daemon's children.
struct ContainerdUnit: ContainerUnit {
    let image: ImageUnit

    var notifies: Bool { image.notifies }
    var killSignal: String? { image.service.stop.signal }
    let isInOwnGroup = true
    let daemon: String? = "containerd.service"

    /// Where runc keeps what it knows of containers of ours.
    static let books = "/run/bundle/runc"
    /// In a shell, because distributions put it into different places.
    private static func runc(_ command: String) -> [String] {
        ["/bin/sh", "-c", "exec runc --root \(books) \(command)"]
    }

    var exec: (argv: [String], properties: [String]) {
        (ContainerdUnit.runc("exec \"$0\" \"$@\"") + [image.container], [])
    }

    func add(_ id: Digest, to unit: inout UnitText) throws(UnitError) {
        // runc makes the container's group inside of the unit's.
        try unit.add("Service", "Delegate", "yes")
        try unit.add("Service", "DevicePolicy", "closed")
        let secrets = try EnvironmentSecrets(ids: image.environmentSecrets, unit: unit.name)
        try unit.add("Service", "ExecStartPre", unit.commandLine(preparation(id, secrets: secrets.ids)))
        let run = ContainerdUnit.runc("run --bundle /run/bundle/containers/\"$0\" \"$0\"")
        try unit.add("Service", "ExecStart", unit.commandLine(run + [image.container]))
        let end = ["/usr/lib/bundle/bundle", "container", "end", image.container]
        try unit.add("Service", "ExecStopPost", unit.commandLine(end, prefix: "-:"))
        try unit.add("Service", "SuccessExitStatus", image.stoppedStatus)
    }

    private func preparation(_ id: Digest, secrets: [String]) -> [String] {
        let service = image.service
        var argv = [
            "/usr/lib/bundle/bundle", "container", "prepare", image.container, "--product",
            image.context.product.text, "--image", id.hex,
        ]
        if let own = service.user { argv += ["--user", "\(own.user):\(own.group)"] }
        if service.writableRoot { argv.append("--writable") }
        if let files = service.limits.files { argv += ["--files", "\(files)"] }
        for mount in image.mounts {
            argv += [mount.readOnly ? "--read" : "--write", "\(mount.source):\(mount.place)"]
        }
        for (name, value) in image.environment { argv += ["--env", "\(name)=\(value)"] }
        for id in secrets { argv += ["--secret", id] }
        if let program = image.program { argv += ["--program", program] }
        return argv + ["--"] + image.arguments
    }
}
