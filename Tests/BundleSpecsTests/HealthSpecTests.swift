// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing
import YAMLDocuments

/// One check of a service that is right otherwise.
private func check(_ text: String, service: String = "", cutover: String = "") throws
    -> (checks: [HealthCheck], problems: [SpecProblem])
{
    let spec = """
        spec: 1
        name: twin
        arch: [amd64]
        secrets: { ca.crt: }
        services: { a: { run: [x], ports: { p: { port: 80 } }, \(service) health: [ { \(text) } ] } }
        cutover: { \(cutover) }
        """
    let (found, problems) = BundleSpec.examine(try YAMLDocument.parse(Array(spec.utf8), file: "f"))
    return (found?.services["a"]?.health ?? [], problems)
}

@Suite("A health check")
struct HealthSpecTests {
    private static let tls = CheckTLS(ca: "ca.crt")

    @Test(
        "of every kind becomes a value",
        arguments: [
            (
                "http: p, body: ok, host: twin.local, tls: { ca: ca.crt }",
                .http(port: "p", path: "/", status: 200, body: "ok", host: "twin.local", tls: tls)
            ),
            ("grpc: p, service: memory", .grpc(port: "p", service: "memory", host: nil, tls: nil)),
            ("grpc: p, host: a, tls: { ca: ca.crt }", .grpc(port: "p", service: "", host: "a", tls: tls)),
            ("sse: p, path: /t, expect: x", .sse(port: "p", path: "/t", expect: "x", host: nil, tls: nil)),
            (
                "websocket: p, send: ping, expect: pong",
                .websocket(port: "p", path: "/", send: "ping", expect: "pong", host: nil, tls: nil)
            ),
            (
                "metrics: p, sample: 'a{b=\"c\"}', at-most: 0.50, per: 30s",
                .metrics(
                    port: "p", path: "/metrics", sample: "a{b=\"c\"}",
                    bounds: MetricBounds(atMost: Quantity(millionths: 500_000), per: .seconds(30)), host: nil, tls: nil)
            ),
            (
                "metrics: p, sample: a, at-least: 1, at-most: 150%, against: old",
                .metrics(
                    port: "p", path: "/metrics", sample: "a",
                    bounds: MetricBounds(
                        atMost: Quantity(millionths: 150_000_000, isShare: true),
                        atLeast: Quantity(millionths: 1_000_000), againstOld: true), host: nil, tls: nil)
            ),
            ("log: panic", .log(pattern: "panic", atMost: 0, per: .seconds(60))),
            ("log: 'a|b', at-most: 3, per: 10s", .log(pattern: "a|b", atMost: 3, per: .seconds(10))),
        ] as [(String, HealthCheck.Probe)])
    func decodes(_ text: String, _ probe: HealthCheck.Probe) throws {
        let (checks, problems) = try check(text)
        #expect(problems.isEmpty)
        #expect(checks == [HealthCheck(probe: probe)])
    }

    @Test("has times of its own")
    func times() throws {
        let found = try check("tcp: p, passes: 2, interval: 500ms, within: 3s, deadline: 20s").checks
        let expected = HealthCheck(
            probe: .tcp(port: "p"), passes: 2, interval: TimeSpan(milliseconds: 500), within: .seconds(3),
            deadline: .seconds(20))
        #expect(found == [expected])
    }

    @Test(
        "that contradicts itself is refused",
        arguments: [
            ("http: p, tls: { ca: ca.crt }", .needs(key: "tls", other: "host")),
            ("websocket: p, send: x", .needs(key: "send", other: "expect")),
            ("metrics: p, sample: a", .noneGiven(["at-most", "at-least"])),
            ("metrics: p, sample: a, at-most: 5%", .needs(key: "at-most: 5%", other: "against: old")),
            ("log: x, path: /", .needs(key: "path", other: "http or sse or websocket or metrics")),
            ("grpc: p, expect: x", .needs(key: "expect", other: "sse or websocket")),
            ("log: x, at-least: 1", .needs(key: "at-least", other: "metrics")),
        ] as [(String, SpecProblem.Contradiction)])
    func contradicts(_ text: String, _ expected: SpecProblem.Contradiction) throws {
        let kinds = try check(text).problems.map(\.kind)
        #expect(kinds == [.contradiction(path: "services.a.health[0]", expected)])
    }

    @Test("against the old slot needs one")
    func old() throws {
        let text = "metrics: p, sample: a, at-most: 5, against: old"
        let kinds = try check(text, service: "strategy: recreate,").problems.map(\.kind)
        let expected = SpecProblem.Contradiction.needs(key: "against: old", other: "strategy: blue-green")
        #expect(kinds == [.contradiction(path: "services.a.health[0]", expected)])
    }

    @Test(
        "with a text of the wrong form is refused",
        arguments: [
            ("http: p, host: 10.0.0.1, tls: { ca: ca.crt }", "host", .hostName),
            ("sse: p, path: t", "path", .absolutePath),
            ("metrics: p, at-most: 1, sample: 'a{b}'", "sample", .sample),
            ("metrics: p, sample: a, at-most: 1e3", "at-most", .quantity),
        ] as [(String, String, SpecProblem.Expectation)])
    func forms(_ text: String, _ key: String, _ expected: SpecProblem.Expectation) throws {
        let found = try check(text).problems.map(\.kind).compactMap { kind -> SpecProblem.Expectation? in
            guard case .badText(let path, _, let expectation) = kind else { return nil }
            return path == "services.a.health[0].\(key)" ? expectation : nil
        }
        #expect(found == [expected])
    }

    @Test("names secrets that are declared")
    func secrets() throws {
        let kinds = try check("http: p, host: a, tls: { ca: ca.crl }").problems.map(\.kind)
        #expect(kinds == [.unknownReference(.secret, name: "ca.crl", nearest: "ca.crt")])
    }

    @Test("whose times cannot come out right is refused, or warned about")
    func arithmetic() throws {
        func timings(_ text: String, service: String = "", cutover: String = "") throws -> [SpecProblem.Timing] {
            try check(text, service: service, cutover: cutover).problems.compactMap {
                if case .timing(_, let timing) = $0.kind { timing } else { nil }
            }
        }
        #expect(try timings("tcp: p, passes: 5, interval: 2s").isEmpty)
        #expect(
            try timings("tcp: p, passes: 5, interval: 2s, deadline: 8s")
                == [.healthNeverInTime(needs: .seconds(8), has: .seconds(8))])
        #expect(
            try timings("tcp: p, deadline: 61s") == [.deadlineTooLate(deadline: .seconds(61), has: .seconds(60))])
        #expect(
            try timings("tcp: p, passes: 11, interval: 2s", service: "strategy: recreate,")
                == [.healthOutlastsHold(needs: .seconds(20), hold: .seconds(20))])
        #expect(
            try timings("tcp: p, passes: 6, interval: 2s", cutover: "bake: 10s")
                == [.bakeTooShort(needs: .seconds(10), has: .seconds(10))])
        #expect(
            try timings("metrics: p, sample: a, at-least: 1, per: 1m")
                == [.windowPastBake(per: .seconds(60), has: .seconds(60))])
        #expect(try timings("log: x", cutover: "bake: 0s") == [.bakeTooShort(needs: .seconds(0), has: .seconds(0))])
        #expect(try timings("tcp: p", cutover: "bake: 0s").isEmpty)
    }
}
