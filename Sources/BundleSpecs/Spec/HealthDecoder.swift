// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Reads `health:` of a service.
struct HealthDecoder {
    let reader: SpecReader
    let ports: [String: Port]

    static let keys = [
        "http", "tcp", "exec", "notify", "alive", "sse", "websocket", "grpc", "metrics", "log", "path", "status",
        "body",
        "host", "tls", "within", "passes", "interval", "send", "expect", "service",
    ]
    static let laterKeys = ["sse", "websocket", "grpc", "metrics", "log", "tls", "within", "send", "expect", "service"]

    func checks(_ node: YAMLNode?) -> [HealthCheck] { reader.list(node).compactMap(check) }

    private func check(_ node: YAMLNode) -> HealthCheck? {
        guard let keys = reader.keys(node, HealthDecoder.keys) else { return nil }
        let later = HealthDecoder.laterKeys.filter { keys[$0] != nil }
        for key in later { reader.refuse(keys[key], "health.\(key)") }
        guard let probe = probe(keys) else {
            if later.isEmpty {
                reader.note(node.place, .badValue("", expected: "one of http, tcp, exec, notify, alive"))
            }
            return nil
        }
        return HealthCheck(
            probe: probe, passes: reader.integer(keys["passes"], 1...100) ?? 1,
            interval: reader.span(keys["interval"]) ?? .seconds(1))
    }

    private func probe(_ keys: SpecReader.Keys) -> HealthCheck.Probe? {
        if let node = keys["http"] {
            return port(node).map { port in
                .http(
                    port: port, path: keys.text("path") ?? "/",
                    status: reader.integer(keys["status"], 100...599) ?? 200,
                    body: keys.text("body"), host: keys.text("host"))
            }
        }
        if let node = keys["tcp"] { return port(node).map { .tcp(port: $0) } }
        if let node = keys["exec"] { return .exec(command: reader.texts(node)) }
        if let node = keys["notify"] { return reader.flag(node) == true ? .notify : nil }
        if let node = keys["alive"] { return reader.span(node).map { .alive(duration: $0) } }
        return nil
    }

    private func port(_ node: YAMLNode) -> String? {
        guard let name = reader.text(node) else { return nil }
        if ports[name] == nil {
            reader.note(
                node.place,
                .unknownReference(kind: "port", name, nearest: Nearest.of(name, among: ports.keys.sorted())))
        }
        return name
    }
}
