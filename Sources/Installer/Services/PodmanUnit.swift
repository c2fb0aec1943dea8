// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// podman starts the container and is gone; the unit's main process is conmon, which ends as the program in the container
/// ends. Everything is in the unit's own control group, so that systemd limits, watches and kills it like any program.
struct PodmanUnit: ContainerUnit {
    let image: ImageUnit

    let notifies = true
    let killSignal: String? = nil
    let isInOwnGroup = true
    let daemon: String? = nil

    /// Its events would fill the journal's tail, where the program's last words are looked for. crun, because runc cannot
    /// leave the control group to the unit.
    private static let podman = ["/usr/bin/podman", "--runtime=crun", "--events-backend=none"]

    func add(_ id: Digest, to unit: inout UnitText) throws(UnitError) {
        let secrets = try EnvironmentSecrets(ids: image.environmentSecrets, unit: unit.name)
        let podman = PodmanUnit.podman.joined(separator: " ")
        let script = "\(secrets.script)exec \(podman) run \(image.identity) \"$@\""
        let argv = ["/bin/sh", "-c", script, image.user] + arguments(id, secrets: secrets.ids)
        try unit.add("Service", "ExecStart", unit.commandLine(argv))
        // systemd's own signal would go to conmon, which kills on it. Failure is no news: the program may just have ended.
        let stop = PodmanUnit.podman + ["stop", "--ignore", "--time=\(image.stopSeconds)", image.container]
        try unit.add("Service", "ExecStop", unit.commandLine(stop, prefix: "-:"))
        // A killed conmon leaves its container in podman's books.
        let remove = PodmanUnit.podman + ["rm", "--force", "--ignore", image.container]
        try unit.add("Service", "ExecStopPost", unit.commandLine(remove, prefix: "-:"))
        try unit.add("Service", "SuccessExitStatus", image.stoppedStatus)
        // In place of a device filter of the container's own; /dev/fuse is for storage on fuse-overlayfs.
        try unit.add("Service", "DevicePolicy", "closed")
        try unit.add("Service", "DeviceAllow", "/dev/fuse rw")
    }

    private func arguments(_ id: Digest, secrets: [String]) -> [String] {
        let (service, context) = (image.service, image.context)
        // A job is waited for by the podman that starts it; a service is left to conmon.
        var arguments = context.isJob ? [] : ["--detach"]
        arguments += [
            "--rm", "--replace", "--name=\(image.container)", "--pull=never", "--network=host",
            "--cgroups=disabled", "--read-only=\(!service.writableRoot)", "--cap-drop=all",
            "--security-opt=no-new-privileges", "--security-opt=label=disable", "--no-healthcheck",
            "--log-driver=passthrough", "--stop-signal=\(service.stop.signal)",
            "--sdnotify=\(context.isJob ? "ignore" : image.notifies ? "container" : "conmon")",
        ]
        if let files = service.limits.files { arguments.append("--ulimit=nofile=\(files):\(files)") }
        // By itself it would give them the mode of the image's own directories, which may be root's.
        for place in image.temporary { arguments.append("--tmpfs=\(place):rw,exec,nosuid,nodev,mode=1777,notmpcopyup") }
        for mount in image.mounts {
            arguments.append(
                "--mount=type=bind,src=\(mount.source),dst=\(mount.place)" + (mount.readOnly ? ",ro=true" : ""))
        }
        for (name, value) in image.environment { arguments += ["--env", "\(name)=\(value)"] }
        // A name alone: podman takes the value from its own environment, so no argument ever holds it.
        for id in secrets { arguments += ["--env", id] }
        if let program = image.program { arguments += ["--entrypoint", program] }
        return arguments + [id.hex] + image.arguments
    }

    /// It runs in the control group of the task: what the program listens on is found there by the same steering.
    var exec: (argv: [String], properties: [String]) {
        get throws(UnitError) {
            let argv = ["/usr/bin/podman", "--events-backend=none", "exec", image.container]
            guard let steering = image.context.steering else { return (argv, []) }
            let line = try UnitText(name: image.context.unit).commandLine(steering.command(above: false))
            return (argv, ["ExecStartPre=" + line])
        }
    }
}
