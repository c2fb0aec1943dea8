// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Holds the parts of a spec against each other: every name that is used is declared, nothing waits for itself, no port
/// is promised twice, the times add up.
struct ReferenceCheck {
    let spec: BundleSpec
    let declared: [String: DeclaredService]
    let reader: SpecReader

    func run() {
        let images = Array(spec.images.keys)
        let configs = Array(spec.config.keys)
        for (_, item) in declared.sorted(by: { $0.key < $1.key }) {
            let service = item.service
            if let image = service.image { refer(image, "image", images, item, "image") }
            for config in service.config { refer(config, "config", configs, item, "config") }
            for use in service.secrets { refer(use.id, "secret", Array(spec.secrets.keys), item, "secrets") }
            for dependency in service.after {
                if case .service(let name) = dependency {
                    refer(name, "service", Array(declared.keys), item, "after")
                }
            }
            times(item)
        }
        cycles()
        stablePorts()
    }

    private func refer(_ name: String, _ kind: String, _ known: [String], _ item: DeclaredService, _ key: String) {
        guard !known.contains(name) else { return }
        reader.note(
            item.places[key] ?? item.place,
            .unknownReference(kind: kind, name, nearest: Nearest.of(name, among: known.sorted())))
    }

    private func times(_ item: DeclaredService) {
        let service = item.service
        let timeout = spec.cutover.healthTimeout
        for check in service.health where check.interval.milliseconds * check.passes > timeout.milliseconds {
            reader.note(
                item.places["health"] ?? item.place,
                .contradiction(
                    "\(check.passes) passes, \(check.interval) apart, do not fit into cutover.health-timeout (\(timeout))"
                ))
        }
    }

    private func cycles() {
        var done: Set<String> = []
        for name in declared.keys.sorted() {
            var path: [String] = []
            visit(name, &path, &done)
        }
    }

    private func visit(_ name: String, _ path: inout [String], _ done: inout Set<String>) {
        guard let item = declared[name], !done.contains(name) else { return }
        if let start = path.firstIndex(of: name) {
            reader.note(item.places["after"] ?? item.place, .dependencyCycle(Array(path[start...]) + [name]))
            done.formUnion(path[start...])
            return
        }
        path.append(name)
        for case .service(let next) in item.service.after { visit(next, &path, &done) }
        path.removeLast()
        done.insert(name)
    }

    private func stablePorts() {
        var taken: [Int: String] = [:]
        for (name, item) in declared.sorted(by: { $0.key < $1.key }) {
            for (port, declaration) in item.service.ports.sorted(by: { $0.key < $1.key })
            where declaration.expose != .slot {
                if let other = taken[declaration.port] {
                    let fault = SpecProblem.Fault.duplicate("port \(declaration.port) of \(name).\(port) and \(other)")
                    reader.note(item.places["ports"] ?? item.place, fault)
                }
                taken[declaration.port] = "\(name).\(port)"
            }
        }
    }
}
