// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Decodes the conditions under which a service counts as well.
struct HealthDecoder {
    let service: Section
    let ports: [String]
    let cutover: CutoverSettings

    /// Each condition names exactly one of these.
    private static let probes = ["http", "tcp", "exec", "notify", "alive", "sse", "websocket", "grpc"]
    /// Which keys mean something for which probes.
    private static let details: [String: [String]] = [
        "path": ["http", "sse", "websocket"], "status": ["http"], "body": ["http"],
        "host": ["http", "sse", "websocket"], "tls": ["http", "sse", "websocket", "grpc"], "within": ["sse"],
        "send": ["websocket"], "expect": ["websocket"], "service": ["grpc"],
    ]

    func decode() -> [HealthCheck] {
        service.elements("health").enumerated().compactMap { index, node in
            let path = "\(service.path).health[\(index)]"
            let section = Section(node, .health, path: path, service.ledger, fallback: node.place)
            return node.mapping == nil ? nil : check(section)
        }
    }

    private func check(_ section: Section) -> HealthCheck? {
        let given = HealthDecoder.probes.filter(section.has)
        guard let kind = given.first else {
            contradict(section, "", .noneGiven(HealthDecoder.probes))
            return nil
        }
        if given.count > 1 { contradict(section, given[1], .bothGiven(kind, given[1])) }
        for (detail, kinds) in HealthDecoder.details.sorted(by: { $0.key < $1.key })
        where section.has(detail) && !kinds.contains(kind) {
            contradict(section, detail, .needs(key: detail, other: kinds[0]))
        }
        later(section)
        guard let probe = probe(kind, section) else { return nil }
        var check = HealthCheck(probe: probe)
        check.passes = section.integer("passes", 1...1000) ?? check.passes
        check.interval = section.span("interval", least: 10) ?? check.interval
        checkTimes(check, section)
        return check
    }

    private func probe(_ kind: String, _ section: Section) -> HealthCheck.Probe? {
        switch kind {
        case "http":
            let path = section.text("path") ?? "/"
            if !path.hasPrefix("/") {
                section.report("path", .badText(path: section.below("path"), text: path, expected: .absolutePath))
            }
            let status = section.integer("status", 100...599) ?? 200
            let body = section.text("body")
            let host = section.text("host")
            return port(kind, section).map {
                .http(port: $0, path: path, status: status, body: body, host: host)
            }
        case "tcp": return port(kind, section).map { .tcp(port: $0) }
        case "exec": return section.command("exec").map { .exec(command: $0) }
        case "notify":
            guard section.boolean("notify") == false else { return .notify }
            section.report("notify", .badText(path: section.below("notify"), text: "false", expected: .oneOf(["true"])))
            return nil
        case "alive": return section.span("alive", least: 1).map { .alive(duration: $0) }
        default:
            _ = port(kind, section)
            return nil
        }
    }

    /// Probes and details that are checked here and built later; the section has reported them.
    private func later(_ section: Section) {
        _ = section.span("within")
        for key in ["send", "expect", "service"] { _ = section.text(key) }
        _ = section.section("tls", .healthTLS).text("ca")
    }

    private func port(_ key: String, _ section: Section) -> String? {
        guard let name = section.text(key) else { return nil }
        guard !ports.contains(name) else { return name }
        section.report(key, .unknownReference(.port, name: name, nearest: NearestName.of(name, among: ports)))
        return nil
    }

    /// The first pass needs no interval before it.
    private func checkTimes(_ check: HealthCheck, _ section: Section) {
        var needs = (check.passes - 1) * check.interval.milliseconds
        if case .alive(let duration) = check.probe { needs += duration.milliseconds }
        guard needs >= cutover.healthTimeout.milliseconds else { return }
        let timing = SpecProblem.Timing.healthNeverInTime(
            needs: TimeSpan(milliseconds: needs), has: cutover.healthTimeout)
        service.ledger.report(section.place, .timing(path: section.path, timing))
    }

    private func contradict(_ section: Section, _ key: String, _ contradiction: SpecProblem.Contradiction) {
        section.report(key, .contradiction(path: section.path, contradiction))
    }
}
