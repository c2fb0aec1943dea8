// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Decodes the conditions under which a service counts as well.
struct HealthDecoder {
    let service: Section
    let ports: [String]
    let cutover: CutoverSettings
    let declared: Declarations
    let strategy: Service.Strategy

    /// Each condition names exactly one of these.
    private static let probes = [
        "http", "tcp", "exec", "notify", "alive", "grpc", "sse", "websocket", "metrics", "log",
    ]
    /// Which keys mean something for which probes; `passes` and `interval` do for all.
    private static let details: [String: [String]] = [
        "path": ["http", "sse", "websocket", "metrics"], "status": ["http"], "body": ["http"],
        "host": ["http", "grpc", "sse", "websocket", "metrics"],
        "tls": ["http", "grpc", "sse", "websocket", "metrics"],
        "within": ["http", "tcp", "exec", "grpc", "sse", "websocket", "metrics"],
        "deadline": ["http", "tcp", "exec", "notify", "alive", "grpc", "sse", "websocket", "metrics"],
        "send": ["websocket"], "expect": ["sse", "websocket"], "service": ["grpc"], "sample": ["metrics"],
        "at-most": ["metrics", "log"], "at-least": ["metrics"], "per": ["metrics", "log"], "against": ["metrics"],
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
            section.contradict("", .noneGiven(HealthDecoder.probes))
            return nil
        }
        if given.count > 1 { section.contradict(given[1], .bothGiven(kind, given[1])) }
        for (detail, kinds) in HealthDecoder.details.sorted(by: { $0.key < $1.key })
        where section.has(detail) && !kinds.contains(kind) {
            section.contradict(detail, .needs(key: detail, other: kinds.joined(separator: " or ")))
        }
        for key in ["path", "body", "send", "expect", "service", "log"]
        where section[key]?.string?.contains("{{") == true {
            section.report(key, .advice(path: section.below(key), .noTemplate))
        }
        guard let probe = probe(kind, section) else { return nil }
        var check = HealthCheck(probe: probe)
        check.passes = section.integer("passes", 1...1000) ?? check.passes
        check.interval = section.span("interval", least: 10) ?? check.interval
        check.within = section.span("within", least: 10)
        check.deadline = section.span("deadline", least: 100)
        HealthTiming(check: check, section: section, cutover: cutover).run()
        return check
    }

    private func probe(_ kind: String, _ section: Section) -> HealthCheck.Probe? {
        switch kind {
        case "exec": return section.command("exec").map { .exec(command: $0) }
        case "notify":
            guard section.boolean("notify") == false else { return .notify }
            section.report("notify", .badText(path: section.below("notify"), text: "false", expected: .oneOf(["true"])))
            return nil
        case "alive": return section.span("alive", least: 1).map { .alive(duration: $0) }
        case "log":
            let atMost = section.integer("at-most", 0...1_000_000) ?? 0
            let per = section.span("per", least: 1000) ?? .seconds(60)
            return section.text("log").map { .log(pattern: $0, atMost: atMost, per: per) }
        default: return networkProbe(kind, section)
        }
    }

    private func networkProbe(_ kind: String, _ section: Section) -> HealthCheck.Probe? {
        let path = path(section, else: kind == "metrics" ? "/metrics" : "/")
        let host = host(section)
        let tls = tls(section)
        let expect = section.text("expect")
        switch kind {
        case "http":
            let status = section.integer("status", 100...599) ?? 200
            let body = section.text("body")
            return port(kind, section).map {
                .http(port: $0, path: path, status: status, body: body, host: host, tls: tls)
            }
        case "grpc":
            let name = section.text("service") ?? ""
            return port(kind, section).map { .grpc(port: $0, service: name, host: host, tls: tls) }
        case "sse":
            return port(kind, section).map { .sse(port: $0, path: path, expect: expect, host: host, tls: tls) }
        case "websocket":
            let send = section.text("send")
            if send != nil, !section.has("expect") { section.contradict("send", .needs(key: "send", other: "expect")) }
            return port(kind, section).map {
                .websocket(port: $0, path: path, send: send, expect: expect, host: host, tls: tls)
            }
        case "metrics":
            let sample = sample(section)
            let bounds = bounds(section)
            guard let port = port(kind, section), let sample, let bounds else { return nil }
            return .metrics(port: port, path: path, sample: sample, bounds: bounds, host: host, tls: tls)
        default: return port(kind, section).map { .tcp(port: $0) }
        }
    }

    private func port(_ key: String, _ section: Section) -> String? {
        guard let name = section.text(key) else { return nil }
        guard !ports.contains(name) else { return name }
        section.report(key, .unknownReference(.port, name: name, nearest: NearestName.of(name, among: ports)))
        return nil
    }

    private func path(_ section: Section, else usual: String) -> String {
        guard let path = section.text("path") else { return usual }
        if !path.hasPrefix("/") || path.contains(" ") {
            section.report("path", .badText(path: section.below("path"), text: path, expected: .absolutePath))
        }
        return path
    }

    private func host(_ section: Section) -> String? {
        section.text("host").map { host in
            let isFit = section.has("tls") ? Grammar.isHostName(host) : !host.contains(" ")
            if !isFit {
                section.report("host", .badText(path: section.below("host"), text: host, expected: .hostName))
            }
            return host
        }
    }

    /// A certificate is worth what its name is checked against.
    private func tls(_ section: Section) -> CheckTLS? {
        guard section.has("tls") else { return nil }
        if !section.has("host") { section.contradict("tls", .needs(key: "tls", other: "host")) }
        let tls = section.section("tls", .healthTLS)
        guard let id = tls.text("ca"), declared.check(id, .secret, at: tls.place(of: "ca")) else { return nil }
        return CheckTLS(ca: id)
    }

    // MARK: - Metrics

    private func sample(_ section: Section) -> String? {
        guard section.has("sample") else {
            section.report("", .missingKey("sample", path: section.path))
            return nil
        }
        guard let sample = section.text("sample") else { return nil }
        guard SampleSelector(sample) == nil else { return sample }
        section.report("sample", .badText(path: section.below("sample"), text: sample, expected: .sample))
        return nil
    }

    private enum OldName: String, CaseIterable {
        case old
    }

    private func bounds(_ section: Section) -> MetricBounds? {
        let bounds = MetricBounds(
            atMost: section.quantity("at-most"), atLeast: section.quantity("at-least"),
            per: section.span("per", least: 1000), againstOld: section.choice("against", OldName.self) != nil)
        guard section.has("at-most") || section.has("at-least") else {
            section.contradict("", .noneGiven(["at-most", "at-least"]))
            return nil
        }
        for (key, quantity) in [("at-most", bounds.atMost), ("at-least", bounds.atLeast)] {
            guard let quantity, quantity.isShare, !bounds.againstOld else { continue }
            section.contradict(key, .needs(key: "\(key): \(quantity)", other: "against: old"))
        }
        // The old one of a recreate service is gone before the new one runs: there is nothing to compare with.
        if bounds.againstOld, strategy == .recreate {
            section.contradict("against", .needs(key: "against: old", other: "strategy: blue-green"))
        }
        return bounds
    }
}

extension Section {
    fileprivate func contradict(_ key: String, _ contradiction: SpecProblem.Contradiction) {
        report(key, .contradiction(path: path, contradiction))
    }

    /// `5`, `0.25`, `150%`.
    fileprivate func quantity(_ key: String) -> Quantity? {
        guard let node = self[key] else { return nil }
        guard let scalar = node.scalar, scalar.value != .null else {
            ledger.wrongType(node, below(key), .quantity)
            return nil
        }
        guard let quantity = Quantity(scalar.text) else {
            ledger.badText(node, below(key), .quantity)
            return nil
        }
        return quantity
    }
}
