// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// The part of a unit that runs a container image, whatever the runtime (decisions 0020, 0022, 0049). Inside: no
/// capability, a read-only root, and nothing is ever pulled (promise 8).
struct ImageUnit {
    /// Where the program in the container finds its credentials.
    static let credentials = "/run/credentials"

    let service: Service
    let context: UnitContext
    /// The image's name in the release, for the error when its ID is missing.
    let image: String

    var container: String { context.stem }
    var user: String { context.names.user }
    /// In the runtime directory, because systemd gives that one back to root before each command it starts.
    var credentialsOnHost: String { "/run/\(context.stem)/credentials" }
    var hasCredentials: Bool { !slotUnit.loadedCredentials.isEmpty }
    var environmentSecrets: [String] { slotUnit.environmentSecrets }
    var notifies: Bool { service.health.contains { $0.probe == .notify } }
    var stopSeconds: Int { (service.stop.timeout.milliseconds + 999) / 1000 }
    private var slotUnit: SlotUnit { SlotUnit(service: service, context: context) }

    /// What a runtime's part of the unit is written by.
    var driver: any ContainerUnit {
        switch context.runtime {
        case .podman: PodmanUnit(image: self)
        case .docker: DockerUnit(image: self)
        case .containerd: ContainerdUnit(image: self)
        }
    }

    func add(to unit: inout UnitText) throws(UnitError) {
        guard let id = context.imageID else { throw .badProgram(unit: unit.name, program: "image \(image)") }
        try addPreparation(to: &unit)
        try driver.add(id, to: &unit)
    }

    private func addPreparation(to unit: inout UnitText) throws(UnitError) {
        try unit.add("Service", "RuntimeDirectory", container)
        try unit.add("Service", "RuntimeDirectoryMode", "0700")
        for path in service.state.compactMap({ context.state[$0.name]?.text }).sorted() {
            try install(["-d", "-m", "0700", path], in: &unit)
        }
        // The manager's copies are root's; these are the container's user's, in a directory that only it can list.
        if hasCredentials { try install(["-d", "-m", "0500", credentialsOnHost], in: &unit) }
        for id in slotUnit.loadedCredentials.keys.sorted() {
            let source = "/run/credentials/\(context.unit)/\(id)"
            try install(["-m", "0400", source, "\(credentialsOnHost)/\(id)"], in: &unit)
        }
        if let steering = context.steering {
            let command = steering.command(above: context.runtime == .docker)
            try unit.add("Service", "ExecStartPre", unit.commandLine(command))
        }
    }

    private func install(_ arguments: [String], in unit: inout UnitText) throws(UnitError) {
        let owner = service.user.map { (user: "\($0.user)", group: "\($0.group)") } ?? (user: user, group: user)
        let argv = ["/usr/bin/install", "-o", owner.user, "-g", owner.group] + arguments
        try unit.add("Service", "ExecStartPre", unit.commandLine(argv))
    }

    /// A directory of the host inside of the container.
    struct Mount: Equatable {
        var source: String
        var place: String
        var readOnly: Bool
    }

    var mounts: [Mount] {
        var mounts = [context.release.text, context.config.text].map { Mount(source: $0, place: $0, readOnly: true) }
        for state in service.state {
            guard let path = context.state[state.name]?.text else { continue }
            mounts.append(Mount(source: path, place: state.mount ?? path, readOnly: false))
        }
        if hasCredentials {
            mounts.append(Mount(source: credentialsOnHost, place: ImageUnit.credentials, readOnly: true))
        }
        return mounts
    }

    /// What the program is told by variables, in order; secrets are not among them.
    var environment: [(name: String, value: String)] {
        var environment = context.environment
        if hasCredentials { environment["CREDENTIALS_DIRECTORY"] = ImageUnit.credentials }
        return environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The program in place of the image's entry point; nil keeps that.
    var program: String? { context.run.first.flatMap { $0.isEmpty ? nil : $0 } }
    var arguments: [String] { Array(context.run.dropFirst()) }

    /// The product's user differs from host to host; asking for it at start keeps the unit's text the same on all. Its group
    /// is what may read the config. For a shell that has the product's user as `$0`.
    var identity: String {
        guard let own = service.user else { return "--user \"$(id -u \"$0\"):$(id -g \"$0\")\"" }
        return "--user \(own.user):\(own.group) --group-add \"$(id -g \"$0\")\""
    }

    /// What is writable beside a read-only root, and empty at each start.
    var temporary: [String] {
        guard !service.writableRoot else { return [] }
        let taken = mounts.map(\.place)
        return ["/run", "/tmp", "/var/tmp"].filter { !taken.contains($0) }
    }

    /// As options of a mount, for the same shell. runc before 1.2 gives a temporary directory the mode of the image's own,
    /// whatever mode was asked for, so it must be the user's.
    var ownership: String {
        guard let own = service.user else { return "uid=$(id -u \"$0\"),gid=$(id -g \"$0\")" }
        return "uid=\(own.user),gid=\(own.group)"
    }

    /// How a program ended is handed on: 128 + the signal that was sent is a stop that went well.
    var stoppedStatus: String { "\(128 + ImageUnit.number(of: service.stop.signal))" }

    /// signal(7) on the architectures that bundles are made for.
    private static func number(of signal: String) -> Int {
        let numbers = [
            "SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGUSR2": 12, "SIGTERM": 15,
            "SIGWINCH": 28,
        ]
        return numbers[signal] ?? 15
    }
}

/// One runtime's part of a unit, as values.
protocol ContainerUnit {
    init(image: ImageUnit)
    /// Adds what starts the image of that ID, stops it, and leaves nothing of it.
    func add(_ id: Digest, to unit: inout UnitText) throws(UnitError)
    /// Whether a start is waited for until something says READY.
    var notifies: Bool { get }
    /// The signal that systemd itself sends to the unit's main process; nil where another program does.
    var killSignal: String? { get }
    /// Whether the container is in the unit's own control group, so that its limits hold for it.
    var isInOwnGroup: Bool { get }
    /// A unit of the host that it needs.
    var daemon: String? { get }
    /// What comes before a program that is to run inside, and what its transient unit needs.
    var exec: (argv: [String], properties: [String]) { get throws(UnitError) }
}
