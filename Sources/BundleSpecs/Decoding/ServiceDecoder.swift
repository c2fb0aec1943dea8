// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Decodes one service.
struct ServiceDecoder {
    let section: Section
    let declared: Declarations
    let cutover: CutoverSettings

    private var ledger: ProblemLedger { section.ledger }

    func decode(_ book: inout PortBook, name: String) -> Service {
        let run = command()
        let image = section.text("image", .identifier)
        if let image { declared.check(image, .image, at: section.place(of: "image")) }
        let state = state(image: image)
        let shared = section.boolean("shared") ?? false
        let ports = ports()
        let strategy = strategy(hasState: !state.isEmpty, hasPorts: !ports.isEmpty, shared: shared)
        var service = Service(run: run, image: image, state: state, sharedState: shared, strategy: strategy)
        for (port, declaration, place) in ports {
            service.ports[port] = declaration
            if declaration.port == 0 {
                book.noteUnnumbered(name, port)
            } else {
                book.note(declaration, strategy: strategy, at: place)
            }
        }
        container(of: &service)
        service.after = dependencies()
        service.config = section.texts("config").filter { declared.check($0.text, .config, at: $0.place) }.map(\.text)
        service.environment = environment()
        service.secrets = secrets()
        service.health = health(ports.map(\.name), strategy)
        service.drain = section.span("drain")
        service.limits = ServiceDecoder.limits(section.section("limits", .limits))
        service.sandbox = ServiceDecoder.sandbox(section.section("sandbox", .sandbox))
        service.unit = directives()
        service.roles = roles()
        service.when = condition()
        times(of: &service)
        later()
        return service
    }

    private func contradict(_ key: String, _ contradiction: SpecProblem.Contradiction) {
        section.report(key, .contradiction(path: section.path, contradiction))
    }

    /// argv. A program is named by `run`; an image may have `args` instead, or run as it was built.
    func command() -> [String] {
        let run = section.command("run")
        let args = section.command("args")
        if section.has("run"), section.has("args") { contradict("args", .bothGiven("run", "args")) }
        if !section.has("image"), !section.has("like") {
            if section.has("args") { contradict("args", .needs(key: "args", other: "image")) }
            if !section.has("run") { contradict("", .noneGiven(["run", "image"])) }
        }
        // An empty program keeps the image's own entry point (`Service.run`).
        return run ?? args.map { [""] + $0 } ?? []
    }

    private func strategy(hasState: Bool, hasPorts: Bool, shared: Bool) -> Service.Strategy {
        let fitting: Service.Strategy = (hasState && !shared) || !hasPorts ? .recreate : .blueGreen
        guard let asked = section.choice("strategy", StrategyName.self)?.strategy else { return fitting }
        if asked == .blueGreen, hasState, !shared { contradict("strategy", .blueGreenOverState) }
        return asked
    }

    private enum StrategyName: String, CaseIterable {
        case blueGreen = "blue-green"
        case recreate

        var strategy: Service.Strategy { self == .blueGreen ? .blueGreen : .recreate }
    }

    /// `[storage]` for programs; `{ storage: /mount/path }` for images.
    private func state(image: String?) -> [StateDirectory] {
        guard let node = section["state"] else {
            if section.has("shared") { contradict("shared", .needs(key: "shared", other: "state")) }
            return []
        }
        guard node.mapping != nil else {
            if image != nil { contradict("state", .imageStateWithoutMount) }
            return section.texts("state", .identifier).map { StateDirectory(name: $0.text) }
        }
        return section.entries("state").map { pair in
            let path = section.below("state.\(pair.name)")
            guard let mount = pair.value.string, Grammar.isLine(mount) else {
                if image != nil || !pair.value.isNull { ledger.wrongType(pair.value, path, .text) }
                return StateDirectory(name: pair.name)
            }
            if image == nil {
                ledger.report(pair.value.place, .contradiction(path: path, .mountWithoutImage))
            } else if !mount.hasPrefix("/") || mount.contains(where: { ",:\"".contains($0) }) || mount == "/" {
                ledger.badText(pair.value, path, .absolutePath)
            }
            return StateDirectory(name: pair.name, mount: mount)
        }
    }

    /// What a service that names no condition is held to: something accepts on every port, or it stays up for a while. A
    /// cutover onto a service that nobody asked is not to be had.
    private func health(_ ports: [String], _ strategy: Service.Strategy) -> [HealthCheck] {
        let checks = HealthDecoder(
            service: section, ports: ports, cutover: cutover, declared: declared, strategy: strategy
        ).decode()
        guard checks.isEmpty, section["health"]?.sequence?.isEmpty ?? true else { return checks }
        guard !ports.isEmpty else {
            section.report("", .advice(path: section.path, .unobserved))
            return [HealthCheck(probe: .alive(duration: .seconds(5)))]
        }
        return ports.sorted().map { HealthCheck(probe: .tcp(port: $0)) }
    }

    func dependencies() -> [Dependency] {
        var seen: [String: Place] = [:]
        return section.elements("after").enumerated().compactMap { index, node in
            if let other = node.string {
                if let first = seen.updateValue(node.place, forKey: other) {
                    ledger.report(node.place, .duplicate(.listItem, name: other, first: first))
                }
                if declared.contains(other, .job) { return .job(name: other) }
                return declared.check(other, .service, at: node.place) ? .service(name: other) : nil
            }
            guard node.mapping != nil else {
                ledger.wrongType(node, section.below("after"), .dependency)
                return nil
            }
            let path = "\(section.path).after[\(index)]"
            let unit = Section(node, .dependency, path: path, ledger, fallback: node.place).text("unit")
            return unit.map { .unit(name: $0) }
        }
    }

    func environment() -> [String: String] {
        var environment: [String: String] = [:]
        for pair in section.entries("env", grammar: .variable) {
            guard let scalar = pair.value.scalar, scalar.value != .null else {
                ledger.wrongType(pair.value, section.below("env.\(pair.name)"), .text)
                continue
            }
            guard Grammar.isLine(scalar.text) else {
                ledger.badText(pair.value, section.below("env.\(pair.name)"), .line)
                continue
            }
            environment[pair.name] = scalar.text
        }
        return environment
    }

    func roles() -> [String] {
        section.texts("roles").filter { declared.check($0.text, .role, at: $0.place) }.map(\.text)
    }

    /// `values.gateway.enabled`: a name, not an expression, so that nobody has to guess what is false.
    private func condition() -> String? {
        guard let text = section.text("when") else { return nil }
        guard text.hasPrefix("values."), Grammar.isValueName(text.dropFirst(7)) else {
            section.report("when", .badText(path: section.below("when"), text: text, expected: .valueName))
            return nil
        }
        return String(text.dropFirst(7))
    }

    /// Keys of this service that are checked here and built later; the section has reported them.
    private func later() {
        _ = section.text("instances")
        _ = section.section("network", .network).texts("allow")
    }
}
