// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// docker's client stays in the unit, hands on what the container says, and ends as it ends. The container is dockerd's
/// child, in a scope that systemd makes for it; so the unit and that scope share a slice of their own, on which the
/// steering of ports is.
struct DockerUnit: ContainerUnit {
    let image: ImageUnit

    let notifies = false
    let killSignal: String? = nil
    let isInOwnGroup = false
    let daemon: String? = "docker.service"
    var exec: (argv: [String], properties: [String]) { (["/usr/bin/docker", "exec", image.container], []) }

    func add(_ id: Digest, to unit: inout UnitText) throws(UnitError) {
        try unit.add("Service", "Slice", image.context.names.slice(image.container))
        // What a power cut left; says nothing, because nearly always there is nothing.
        try addQuietly("ExecStartPre", "rm --force \"$0\"", to: &unit)
        let secrets = try EnvironmentSecrets(ids: image.environmentSecrets, unit: unit.name)
        let script = "\(secrets.script)exec /usr/bin/docker run \(image.identity)\(temporary) \"$@\""
        let argv = ["/bin/sh", "-c", script, image.user] + arguments(id, secrets: secrets.ids)
        try unit.add("Service", "ExecStart", unit.commandLine(argv))
        try addQuietly("ExecStop", "stop --time=\(image.stopSeconds) \"$0\"", to: &unit)
        try addQuietly("ExecStopPost", "rm --force \"$0\"", to: &unit)
        try unit.add("Service", "SuccessExitStatus", image.stoppedStatus)
    }

    /// Without what systemd adds by itself: a shutdown would stop it first, and the container's scope with it, while docker is
    /// still asked to stop the container; when docker is quicker, systemd waits for that scope until it gives up.
    static func slice(of container: String, _ names: UnitNames) throws(UnitError) -> UnitText {
        var slice = UnitText(name: names.slice(container))
        try slice.add("Unit", "Description", "\(container) and what docker runs for it")
        try slice.add("Unit", "DefaultDependencies", "no")
        return slice
    }

    private func addQuietly(_ directive: String, _ command: String, to unit: inout UnitText) throws(UnitError) {
        let argv = ["/bin/sh", "-c", "exec /usr/bin/docker \(command) >/dev/null 2>&1", image.container]
        try unit.add("Service", directive, unit.commandLine(argv, prefix: "-:"))
    }

    private func arguments(_ id: Digest, secrets: [String]) -> [String] {
        let service = image.service
        var arguments = [
            "--rm", "--name=\(image.container)", "--pull=never", "--network=host",
            "--cgroup-parent=\(image.context.names.slice(image.container))", "--read-only=\(!service.writableRoot)",
            "--cap-drop=all", "--security-opt=no-new-privileges", "--security-opt=label=disable", "--no-healthcheck",
            "--log-driver=none", "--stop-signal=\(service.stop.signal)",
        ]
        if let files = service.limits.files { arguments.append("--ulimit=nofile=\(files):\(files)") }
        // As MemoryMax= is meant: what is swapped out does not count.
        if let memory = service.limits.memory { arguments += ["--memory=\(memory)", "--memory-swap=-1"] }
        if let percent = service.limits.cpu {
            let hundredths = percent % 100
            arguments.append("--cpus=\(percent / 100).\(hundredths < 10 ? "0" : "")\(hundredths)")
        }
        for mount in image.mounts {
            arguments.append(
                "--mount=type=bind,src=\(mount.source),dst=\(mount.place)" + (mount.readOnly ? ",readonly" : ""))
        }
        for (name, value) in image.environment { arguments += ["--env", "\(name)=\(value)"] }
        // A name alone: docker takes the value from its own environment, so no argument ever holds it.
        for id in secrets { arguments += ["--env", id] }
        if let program = image.program { arguments += ["--entrypoint", program] }
        return arguments + ["sha256:\(id.hex)"] + image.arguments
    }

    /// For the shell, which knows the user's numbers.
    private var temporary: String {
        image.temporary.map { " --tmpfs=\($0):rw,exec,nosuid,nodev,mode=1777,\(image.ownership)" }.joined()
    }
}
