// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What runc is given (runtime-spec v1.0, config.md): what containerd makes of an image — its program, variables, mounts,
/// masked paths and containerd's own seccomp profile — with what a unit asks for put in place. Pure.
struct ContainerSpec {
    let request: ContainerRequest
    /// Where the snapshot is mounted.
    let root: String
    /// The container's control group.
    let group: String
    /// What the image runs by itself.
    let built: ImageProgram
    /// Files of the host that containerd would show and that this host does not have.
    var absent: Set<String> = []

    /// - Parameter spec: as `ctr containers info` shows it.
    func applied(to spec: JSONValue) -> JSONValue {
        var spec = spec
        spec.set(["process"], to: process(spec["process"] ?? [:]))
        spec.set(["root"], to: ["path": .string(root), "readonly": .bool(!request.isWritable)])
        spec.set(["mounts"], to: mounts(spec["mounts"]))
        spec.set(["linux", "cgroupsPath"], to: .string(group))
        return spec
    }

    private func process(_ process: JSONValue) -> JSONValue {
        var process = process
        process.set(["args"], to: .array(program.map { .string($0) }))
        process.set(
            ["user"],
            to: [
                "uid": .integer(Int64(request.user)), "gid": .integer(Int64(request.group)),
                "additionalGids": .array(request.groups.map { .integer(Int64($0)) }),
            ])
        let none = ["bounding", "effective", "inheritable", "permitted", "ambient"].map { JSONValue.Member($0, []) }
        process.set(["capabilities"], to: .object(none))
        process.set(["noNewPrivileges"], to: true)
        // Without one the unit's own limits hold.
        let limits: [JSONValue] =
            request.files.map {
                [["type": "RLIMIT_NOFILE", "hard": .integer(Int64($0)), "soft": .integer(Int64($0))]]
            } ?? []
        process.set(["rlimits"], to: .array(limits))
        process.set(["env"], to: .array(environment(process["env"]).map { .string($0) }))
        return process
    }

    /// Arguments replace the image's own, and so does a program.
    private var program: [String] {
        if let program = request.program { return [program] + request.arguments }
        return built.entryPoint + (request.arguments.isEmpty ? built.command : request.arguments)
    }

    /// The unit's win over the image's.
    private func environment(_ built: JSONValue?) -> [String] {
        let name = { (variable: String) in variable.split(separator: "=", maxSplits: 1).first ?? "" }
        let ours = Set(request.environment.map(name))
        return built.strings.filter { !ours.contains(name($0)) } + request.environment
    }

    private func mounts(_ built: JSONValue?) -> JSONValue {
        guard case .array(var mounts)? = built else { return [] }
        mounts.removeAll { mount in absent.contains { mount["source"] == .string($0) } }
        let places = Set(request.mounts.map(\.place))
        if !request.isWritable {
            let temporary = ["/run", "/tmp", "/var/tmp"].filter { !places.contains($0) }
            mounts.removeAll { mount in temporary.contains { mount["destination"] == .string($0) } }
            // runc before 1.2 gives them the mode of the image's own directory, so they are the user's.
            let options = [
                "nosuid", "nodev", "mode=1777", "uid=\(request.user)", "gid=\(request.group)", "tmpcopyup",
            ]
            mounts += temporary.map { mount("tmpfs", "tmpfs", at: $0, options) }
        }
        mounts.removeAll { mount in places.contains { mount["destination"] == .string($0) } }
        // A directory comes before those inside of it.
        for bind in request.mounts.sorted(by: { $0.place < $1.place }) {
            let options = ["rbind", "rprivate", "nosuid", "nodev", bind.readOnly ? "ro" : "rw"]
            mounts.append(mount("bind", bind.source, at: bind.place, options))
        }
        return .array(mounts)
    }

    private func mount(_ type: String, _ source: String, at place: String, _ options: [String]) -> JSONValue {
        [
            "destination": .string(place), "type": .string(type), "source": .string(source),
            "options": .array(options.map { .string($0) }),
        ]
    }
}

extension JSONValue {
    /// Sets a member of a member of …; objects on the way are made.
    fileprivate mutating func set(_ path: [String], to value: JSONValue) {
        guard let key = path.first else {
            self = value
            return
        }
        var members: [Member] = if case .object(let members) = self { members } else { [] }
        var inner = members.first { $0.key == key }?.value ?? [:]
        inner.set(Array(path.dropFirst()), to: value)
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value = inner
        } else {
            members.append(Member(key, inner))
        }
        self = .object(members)
    }
}

extension JSONValue? {
    fileprivate var strings: [String] {
        guard case .array(let elements)? = self else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
