// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// The part of a unit that runs a container image (decisions 0020, 0022). podman starts it and is gone; the unit's main
/// process is conmon, which ends as the program in the container ends. Everything is in the unit's own control group, so that
/// systemd limits, watches and kills it like any program. Inside: no capability, a read-only root, and nothing is ever
/// pulled (promise 8).
struct ImageUnit {
    /// Where the program in the container finds its credentials.
    static let credentials = "/run/credentials"

    let service: Service
    let context: UnitContext
    /// The image's name in the release, for the error when its ID is missing.
    let image: String

    private var container: String { context.stem }
    private var user: String { context.names.user }
    /// In the runtime directory, because systemd gives that one back to root before each command it starts.
    private var credentialsOnHost: String { "/run/\(context.stem)/credentials" }
    private var slotUnit: SlotUnit { SlotUnit(service: service, context: context) }

    /// Its events would fill the journal's tail, where the program's last words are looked for. crun, because runc cannot
    /// leave the control group to the unit.
    private static let podman = ["/usr/bin/podman", "--runtime=crun", "--events-backend=none"]

    func add(to unit: inout UnitText) throws(UnitError) {
        guard let id = context.imageID else { throw .badProgram(unit: unit.name, program: "image \(image)") }
        try addPreparation(to: &unit)
        let secrets = try EnvironmentSecrets(ids: slotUnit.environmentSecrets, unit: unit.name)
        let script = "\(secrets.script)exec \(ImageUnit.podman.joined(separator: " ")) run \(identity) \"$@\""
        let argv = ["/bin/sh", "-c", script, user] + podmanArguments(id, secrets: secrets.ids)
        try unit.add("Service", "ExecStart", unit.commandLine(argv))
        // systemd's own signal would go to conmon, which kills on it. Failure is no news: the program may just have ended.
        let seconds = (service.stop.timeout.milliseconds + 999) / 1000
        let stop = ImageUnit.podman + ["stop", "--ignore", "--time=\(seconds)", container]
        try unit.add("Service", "ExecStop", unit.commandLine(stop, prefix: "-:"))
        // A killed conmon leaves its container in podman's books.
        let remove = ImageUnit.podman + ["rm", "--force", "--ignore", container]
        try unit.add("Service", "ExecStopPost", unit.commandLine(remove, prefix: "-:"))
        // conmon hands on how its program ended: 128 + the signal that we sent is a stop that went well.
        try unit.add("Service", "SuccessExitStatus", "\(128 + ImageUnit.number(of: service.stop.signal))")
        // In place of a device filter of the container's own; /dev/fuse is for storage on fuse-overlayfs.
        try unit.add("Service", "DevicePolicy", "closed")
        try unit.add("Service", "DeviceAllow", "/dev/fuse rw")
    }

    /// The product's user differs from host to host; asking for it at start keeps the unit's text the same on all. Its group
    /// is what may read the config.
    private var identity: String {
        guard let own = service.user else { return "--user \"$(id -u \"$0\"):$(id -g \"$0\")\"" }
        return "--user \(own.user):\(own.group) --group-add \"$(id -g \"$0\")\""
    }

    private func addPreparation(to unit: inout UnitText) throws(UnitError) {
        try unit.add("Service", "RuntimeDirectory", container)
        try unit.add("Service", "RuntimeDirectoryMode", "0700")
        for path in service.state.compactMap({ context.state[$0.name]?.text }).sorted() {
            try install(["-d", "-m", "0700", path], in: &unit)
        }
        // The manager's copies are root's; these are the container's user's, in a directory that only it can list.
        if !slotUnit.loadedCredentials.isEmpty { try install(["-d", "-m", "0500", credentialsOnHost], in: &unit) }
        for id in slotUnit.loadedCredentials.keys.sorted() {
            let source = "/run/credentials/\(context.unit)/\(id)"
            try install(["-m", "0400", source, "\(credentialsOnHost)/\(id)"], in: &unit)
        }
        if let steering = context.steering {
            try unit.add("Service", "ExecStartPre", unit.commandLine(steering.command))
        }
    }

    private func install(_ arguments: [String], in unit: inout UnitText) throws(UnitError) {
        let owner = service.user.map { (user: "\($0.user)", group: "\($0.group)") } ?? (user: user, group: user)
        let argv = ["/usr/bin/install", "-o", owner.user, "-g", owner.group] + arguments
        try unit.add("Service", "ExecStartPre", unit.commandLine(argv))
    }

    private func podmanArguments(_ id: Digest, secrets: [String]) -> [String] {
        let notifies = service.health.contains { $0.probe == .notify }
        // A job is waited for by the podman that starts it; a service is left to conmon.
        var arguments = context.isJob ? [] : ["--detach"]
        arguments += [
            "--rm", "--replace", "--name=\(container)", "--pull=never", "--network=host",
            "--cgroups=disabled", "--read-only=\(!service.writableRoot)", "--cap-drop=all",
            "--security-opt=no-new-privileges", "--security-opt=label=disable", "--no-healthcheck",
            "--log-driver=passthrough", "--stop-signal=\(service.stop.signal)",
            "--sdnotify=\(context.isJob ? "ignore" : notifies ? "container" : "conmon")",
        ]
        if let files = service.limits.files { arguments.append("--ulimit=nofile=\(files):\(files)") }
        for place in [context.release.text, context.config.text] {
            arguments.append(mount(place, place, readOnly: true))
        }
        for state in service.state {
            guard let path = context.state[state.name]?.text else { continue }
            arguments.append(mount(path, state.mount ?? path, readOnly: false))
        }
        var environment = context.environment
        if !slotUnit.loadedCredentials.isEmpty {
            arguments.append(mount(credentialsOnHost, ImageUnit.credentials, readOnly: true))
            environment["CREDENTIALS_DIRECTORY"] = ImageUnit.credentials
        }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { arguments += ["--env", "\(name)=\(value)"] }
        // A name alone: podman takes the value from its own environment, so no argument ever holds it.
        for id in secrets { arguments += ["--env", id] }
        // An empty program keeps the image's own entry point.
        if let program = context.run.first, !program.isEmpty { arguments += ["--entrypoint", program] }
        return arguments + [id.hex] + context.run.dropFirst()
    }

    private func mount(_ source: String, _ place: String, readOnly: Bool) -> String {
        "--mount=type=bind,src=\(source),dst=\(place)" + (readOnly ? ",ro=true" : "")
    }

    /// signal(7) on the architectures that bundles are made for.
    private static func number(of signal: String) -> Int {
        let numbers = [
            "SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGUSR2": 12, "SIGTERM": 15,
            "SIGWINCH": 28,
        ]
        return numbers[signal] ?? 15
    }
}
