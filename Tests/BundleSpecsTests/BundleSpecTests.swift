// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing
import YAMLDocuments

/// The specs here are as short as they can be: that nothing observes their services is said in one test only.
private func examine(_ text: String) throws -> (spec: BundleSpec?, problems: [SpecProblem]) {
    let (spec, problems) = BundleSpec.examine(try YAMLDocument.parse(Array(text.utf8), file: "f"))
    return (spec, problems.filter { if case .advice(_, .unobserved) = $0.kind { false } else { true } })
}

private func at(_ line: Int, _ column: Int) -> Place { Place(file: "f", line: line, column: column) }

private let head = "{ spec: 1, name: twin, arch: [amd64], "

/// One service in a spec that is right otherwise; the service's text begins at column 4 of line 3.
private func service(_ text: String, more: String = "") throws -> (service: Service?, kinds: [SpecProblem.Kind]) {
    let (spec, problems) = try examine("\(head)\(more)\nservices: { a:\n   \(text) } }")
    return (spec?.services["a"], problems.map(\.kind))
}

@Suite("A spec")
struct BundleSpecTests {
    @Test("becomes typed values")
    func decodes() throws {
        let (spec, problems) = try examine(
            """
            spec: 1
            name: twin
            summary: a twin
            arch: [amd64, arm64]
            requires: { bundle: ">=1.0", upgrade-from: ">=1.2.0-rc.1", host: { systemd: ">=247", kernel: ">= 5.10", memory: 8G } }
            binaries: [ { from: "target/{{ arch }}/gateway" }, { from: x, as: y } ]
            files: [ { from: dist, to: web/front } ]
            values: { defaults: v.yaml, schema: v.json }
            secrets: { KEY: , tls.key: { required: false, about: why } }
            config: { gateway.toml: { template: t.toml, check: ["{{ bin }}/gateway", --check, 8080] } }
            services:
              gateway:
                run: ["{{ bin }}/gateway", --port, 8080]
                after: [store, { unit: postgresql.service }]
                config: [gateway.toml]
                env: { LEVEL: 3, DEBUG: true }
                secrets: [tls.key, { KEY: env }]
                ports: { http: { port: 8443, expose: public, bind: any }, inner: { expose: slot } }
                health: [ { http: http, path: /up, body: ok, passes: 3, interval: 250ms } ]
                drain: 10m
                limits: { memory: 2G, cpu: 200%, files: 65536 }
                sandbox: { profile: jit, allow: [user-namespaces, proc] }
                unit: { Service: { CPUAffinity: "2-5", Nice: [1, 2] } }
              store: { run: [store], state: [data], ports: { sql: { port: 5432 } }, hold: 5s }
            cutover: { bake: 5s }
            docs: { upgrade: docs/UP.md, more: [docs/*.md] }
            """)
        #expect(problems.isEmpty)
        let found = try #require(spec)
        #expect(found.requires.bundle == Version("1.0.0"))
        #expect(found.requires.upgradeFrom == Version("1.2.0-rc.1"))
        #expect(found.requires.kernel == "5.10")
        #expect(found.requires.memory == 8 << 30)
        #expect(found.binaries.map(\.destination) == ["bin/gateway", "bin/y"])
        #expect(found.binaries[0].from.path(for: .arm64) == "target/arm64/gateway")
        #expect(found.secrets["KEY"]?.required == true)
        #expect(found.config["gateway.toml"]?.check == ["{{ bin }}/gateway", "--check", "8080"])
        let gateway = try #require(found.services["gateway"])
        #expect(gateway.run == ["{{ bin }}/gateway", "--port", "8080"])
        #expect(gateway.after == [.service(name: "store"), .unit(name: "postgresql.service")])
        #expect(gateway.environment == ["LEVEL": "3", "DEBUG": "true"])
        #expect(gateway.secrets == [SecretUse(id: "tls.key"), SecretUse(id: "KEY", delivery: .environment)])
        #expect(gateway.ports["http"] == Port(port: 8443, expose: .public, bindAny: true))
        #expect(gateway.ports["inner"]?.expose == .slot)
        #expect(gateway.limits == ResourceLimits(memory: 2 << 30, cpu: 200, files: 65536))
        #expect(gateway.sandbox == Sandbox(profile: .jit, allow: ["proc", "user-namespaces"]))
        #expect(gateway.unit == ["Service": ["CPUAffinity": ["2-5"], "Nice": ["1", "2"]]])
        #expect(gateway.strategy == .blueGreen)
        #expect(found.services["store"]?.strategy == .recreate)
        #expect(found.services["store"]?.health.map(\.probe) == [.tcp(port: "sql")])
        #expect(found.cutover == CutoverSettings(bake: .seconds(5)))
        #expect(found.sources.map(\.text).count == 7)
    }

    private static let image = "images: { q: { archive: q.tar } }, "

    @Test("knows what only an image has")
    func images() throws {
        let (found, kinds) = try service(
            "{ image: q, user: 999, read-only: false, ports: { http: { port: 80, container: 6333 }, "
                + "peers: { expose: slot, container: 6335 } } }", more: BundleSpecTests.image)
        #expect(kinds.isEmpty)
        #expect(found?.user == ContainerUser(user: 999, group: 999))
        #expect(found?.writableRoot == true)
        #expect(found?.ports["http"] == Port(port: 80, container: 6333))
        // Nobody outside of the release sees its number, so it gets one.
        #expect(found?.ports["peers"] == Port(port: 30_000, expose: .slot, container: 6335))
        #expect(try service("{ image: q, user: \"5:7\" }", more: BundleSpecTests.image).service?.user?.group == 7)
    }

    @Test("knows which image each must be, for each architecture")
    func digests() throws {
        let hex = [String(repeating: "0", count: 64), String(repeating: "1", count: 64)]
        let images = """
            images: { one: { archive: a.tar, digest: "sha256:\(hex[0])" }, none: { archive: a.tar, tag: "x:1", digest: pending },
            each: { archive: a.tar, digest: { amd64: "sha256:\(hex[1])" } }, ref: { ref: "a.b/c:1@sha256:\(hex[0])" } },
            """
        let spec = try #require(try examine("\(head)\(images)\nservices: { a: { image: one } } }").0)
        #expect(
            spec.images.mapValues { $0.digests[.amd64]?.hex } == [
                "one": hex[0], "none": nil, "each": hex[1], "ref": hex[0],
            ])
        #expect(spec.images["ref"]?.origin == ImageReference("a.b/c:1@sha256:\(hex[0])").map { .reference($0) })
        #expect(spec.images["none"]?.archive?.text == "a.tar")
    }

    @Test(
        "refuses images that nobody could find",
        arguments: [
            "{ }", "{ archive: a, ref: a.b/c }", "{ ref: redis }", "{ ref: \"a.b/c\", digest: pending }",
            "{ ref: a.b/c, tag: x }", "{ archive: a, digest: \"sha256:12\" }",
            "{ archive: a, digest: { sparc: pending } }", "{ archive: a, digest: { amd64: 12 } }",
            "{ archive: a, digest: 12 }",
        ])
    func imageSources(_ text: String) throws {
        let more = "images: { q: \(text), ok: { archive: a } }, "
        #expect(try service("{ image: ok }", more: more).kinds.count == 1)
    }

    @Test(
        "refuses what no image can have, or only an image",
        arguments: [
            "image: q, user: 0", "image: q, user: root", "image: q, user: \"5:6:7\"",
            "image: q, user: 65534", "image: q, state: { d: \"/d,ro=true\" }",
            "image: q, ports: { a: { port: 1, container: 9 }, b: { port: 2, container: 9 } }",
            "image: q, ports: { a: { port: 1, container: 9, bind: any } }",
            "image: q, ports: { a: { port: 1, container: 70000 } }",
            "run: [x], ports: { a: { port: 1, container: 9 } }", "run: [x], user: \"5\"",
            "run: [x], read-only: true",
        ])
    func imageFaults(text: String) throws {
        #expect(try service("{ \(text) }", more: BundleSpecTests.image).kinds.count == 1)
    }

    @Test("tells everything that is wrong at once, in the order of the text, with the nearest name")
    func everything() throws {
        let (spec, problems) = try examine(
            """
            spec: 2
            name: Twin
            sumary: x
            services:
              gateway:
                run: gateway
                config: [gatway.toml]
                ports: { http: { port: 99999, expose: publik } }
                health: [ { http: htp } ]
            config: { gateway.toml: { } }
            """)
        #expect(spec == nil)
        #expect(
            problems == [
                SpecProblem(at(1, 1), .missingKey("arch", path: "")),
                SpecProblem(at(1, 7), .outOfRange(path: "spec", number: 2, range: 1...1)),
                SpecProblem(at(2, 7), .badText(path: "name", text: "Twin", expected: .name)),
                SpecProblem(at(3, 1), .unknownKey("sumary", path: "", nearest: "summary")),
                SpecProblem(
                    at(6, 10), .wrongType(path: "services.gateway.run", expected: .texts, found: "text")),
                SpecProblem(
                    at(7, 14), .unknownReference(.config, name: "gatway.toml", nearest: "gateway.toml")),
                SpecProblem(
                    at(8, 28), .outOfRange(path: "services.gateway.ports.http.port", number: 99999, range: 1...65535)),
                SpecProblem(at(8, 43), .unknownReference(.network, name: "publik", nearest: "public")),
                SpecProblem(at(9, 23), .unknownReference(.port, name: "htp", nearest: "http")),
                SpecProblem(at(10, 25), .missingKey("template", path: "config.gateway.toml")),
            ])
    }

    @Test(
        "chooses the strategy by what a service has",
        arguments: [
            ("{ run: [x], ports: { p: { port: 1 } } }", .blueGreen), ("{ run: [x] }", .recreate),
            ("{ run: [x], state: [s], ports: { p: { port: 1 } } }", .recreate),
            ("{ run: [x], state: [s], shared: true, ports: { p: { port: 1 } } }", .blueGreen),
            ("{ run: [x], strategy: blue-green }", .blueGreen),
        ] as [(String, Service.Strategy)])
    func strategies(_ text: String, _ strategy: Service.Strategy) throws {
        #expect(try service(text).service?.strategy == strategy)
    }

    @Test(
        "refuses what contradicts itself",
        arguments: [
            ("{ }", .noneGiven(["run", "image"])), ("{ run: [x], args: [y], image: i }", .bothGiven("run", "args")),
            ("{ run: [x], state: [s], strategy: blue-green }", .blueGreenOverState),
            ("{ run: [x], ports: { p: { port: 1 } }, hold: 5s }", .holdWithoutRecreate),
            ("{ run: [x], state: { s: /x } }", .mountWithoutImage),
            ("{ image: i, state: [s] }", .imageStateWithoutMount),
            ("{ run: [x], shared: true }", .needs(key: "shared", other: "state")),
            ("{ run: [x], unit: { Service: { ExecStartPost: rm } } }", .reservedDirective("ExecStartPost")),
            ("{ run: [x], secrets: [ { tls.key: env } ] }", .secretIsNoVariable("tls.key")),
            ("{ run: [x], secrets: [ { LD_PRELOAD: env } ] }", .secretIsNoVariable("LD_PRELOAD")),
            ("{ run: [x], health: [ { alive: 1s, notify: true } ] }", .bothGiven("notify", "alive")),
            ("{ run: [x], health: [ { alive: 1s, send: x } ] }", .needs(key: "send", other: "websocket")),
        ] as [(String, SpecProblem.Contradiction)])
    func contradictions(_ text: String, _ expected: SpecProblem.Contradiction) throws {
        let more = "images: { i: { archive: i.tar } }, secrets: { tls.key: , LD_PRELOAD: },"
        let kinds = try service(text, more: more).kinds
        let found = kinds.compactMap { if case .contradiction(_, let what) = $0 { what } else { nil } }
        #expect(found == [expected])
        #expect(kinds.count == 1)
    }

    @Test("refuses services that wait for each other, and blames none that only waits for them")
    func cycles() throws {
        let (_, problems) = try examine(
            head + "services: { a: {run: [x], after: [b]}, b: {run: [x], after: [a]}, "
                + "c: {run: [x], after: [b]}, d: {run: [x]} } }")
        #expect(problems.map(\.kind) == [.cycle(["a", "b"])])
    }

    @Test("refuses one port for two services, and one number for two of a slot")
    func ports() throws {
        func kinds(_ a: String, _ b: String) throws -> [SpecProblem.Kind] {
            try examine("\(head)services: { a: {run: [x], ports: \(a)}, b: {run: [x], ports: \(b)} } }")
                .problems.map(\.kind)
        }
        let stable = try kinds("{p: {port: 443, expose: public}}", "{q: {port: 443}}")
        #expect(stable == [.duplicate(.stablePort, name: "443", first: at(1, 83))])
        let inside = try kinds("{p: {port: 80, expose: public}}", "{q: {port: 20080, expose: slot}}")
        #expect(inside == [.duplicate(.slotPort, name: "20080", first: at(1, 83))])
        #expect(try kinds("{p: {expose: slot}}", "{p: {expose: slot}}").isEmpty)
    }

    @Test("counts whether health and hold can ever fit")
    func timing() throws {
        let slow = try service("{ run: [x], health: [ { alive: 60s } ] }").kinds
        let never = SpecProblem.Timing.healthNeverInTime(needs: .seconds(60), has: .seconds(60))
        #expect(slow == [.timing(path: "services.a.health[0]", never)])
        let text = "{ run: [x], strategy: recreate, ports: { p: { port: 1 } }, stop: { timeout: 60s }, hold: 20s }"
        let advised = try service(text)
        #expect(advised.service?.hold == .seconds(20))
        #expect(advised.kinds.count == 1)
    }

    @Test("refuses two sources for one path, and paths that vary by more than the architecture")
    func sources() throws {
        let (_, problems) = try examine(
            head + "services: {a: {run: [x]}}, binaries: [{from: a/x}, {from: b/x}], files: [{from: '{{ bin }}/y'}] }")
        #expect(
            problems.map(\.kind) == [
                .duplicate(.destination, name: "x", first: at(1, 77)),
                .badText(path: "files[0].from", text: "{{ bin }}/y", expected: .sourcePath),
            ])
    }

    @Test("is told that nobody observes a service without ports and health")
    func unobserved() throws {
        let node = try YAMLDocument.parse(Array("\(head)services: { a: { run: [x] } } }".utf8), file: "f")
        #expect(BundleSpec.examine(node).problems.map(\.kind) == [.advice(path: "services.a", .unobserved)])
    }

    @Test(
        "gets advice for what works, but hardly as meant",
        arguments: [
            (
                "{ run: [x, --home, $HOME/x], health: [ { notify: true } ] }",
                [.advice(path: "services.a.run", .unexpanded("$HOME"))]
            ),
            (
                "{ run: [x, \"a${B}c\"], health: [ { notify: true } ] }",
                [.advice(path: "services.a.run", .unexpanded("$B"))]
            ),
            ("{ run: [/bin/sh, -c, \"exec x $HOME\"], health: [ { notify: true } ] }", []),
            ("{ run: [x, cost$, $1], health: [ { notify: true } ] }", []),
            (
                "{ run: [x], ports: { p: { port: 1 } }, health: [ { http: p, body: \"{{ version }}\" } ] }",
                [.advice(path: "services.a.health[0].body", .noTemplate)]
            ),
        ] as [(String, [SpecProblem.Kind])])
    func advice(_ text: String, _ wanted: [SpecProblem.Kind]) throws {
        let (found, kinds) = try service(text)
        #expect(found != nil)
        #expect(kinds == wanted)
    }

    @Test(
        "is told the name that bundles have for a kernel's architecture",
        arguments: [("x86_64", "amd64"), ("aarch64", "arm64")])
    func architectures(_ word: String, _ meant: String) throws {
        #expect(
            try examine(
                "{ spec: 1, name: t, arch: [\(word)], services: { a: { run: [x], health: [ { notify: true } ] } } }"
            ).problems.map(\.kind)
                == [.unknownReference(.architecture, name: word, nearest: meant)])
    }
}
