// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing
import YAMLDocuments

/// Certificates and sensitive config; a spec of one service that has both.
private func examine(
    _ secrets: String, _ service: String = "run: [x], health: [ { notify: true } ]", config: String = "{}"
) throws
    -> (spec: BundleSpec?, kinds: [SpecProblem.Kind])
{
    let text = """
        spec: 1
        name: twin
        arch: [amd64]
        secrets: { key: , \(secrets) }
        config: \(config)
        services: { a: { \(service) } }
        """
    let (spec, problems) = BundleSpec.examine(try YAMLDocument.parse(Array(text.utf8), file: "f"))
    return (spec, problems.map(\.kind))
}

@Suite("What a spec says of a site's side")
struct SiteGrammarTests {
    @Test("knows a certificate, its key, its names and when to warn")
    func certificate() throws {
        let (spec, kinds) = try examine("crt: { certificate-for: key, names: [a.lan, \"{{ values.x }}\"], warn: 7d }")
        #expect(kinds == [])
        let warn = TimeSpan.seconds(7 * 86_400)
        let expected = CertificateDeclaration(key: "key", names: ["a.lan", "{{ values.x }}"], warn: warn)
        #expect(spec?.secrets["crt"]?.certificate == expected)
        #expect(spec?.secrets["key"]?.certificate == nil)
    }

    @Test("takes the names from checks over TLS of the services that have it")
    func names() throws {
        let ports = "ports: { p: { port: 443 } }"
        let health = "health: [ { http: p, host: b.lan, tls: { ca: crt } }, { http: p, host: plain.lan } ]"
        let (spec, kinds) = try examine(
            "crt: { certificate-for: key }", "run: [x], secrets: [key, crt], \(ports), \(health)")
        #expect(kinds == [])
        #expect(spec?.secrets["crt"]?.certificate == CertificateDeclaration(key: "key", names: ["b.lan"]))
    }

    @Test(
        "refuses what cannot be",
        arguments: [
            ("crt: { certificate-for: kye }", SpecProblem.Kind.unknownReference(.secret, name: "kye", nearest: "key")),
            ("crt: { certificate-for: crt }", .contradiction(path: "secrets.crt", .certificateForItself)),
            ("crt: { warn: 7d }", .contradiction(path: "secrets.crt", .needs(key: "warn", other: "certificate-for"))),
            (
                "crt: { names: [a] }",
                .contradiction(path: "secrets.crt", .needs(key: "names", other: "certificate-for"))
            ),
        ])
    func refused(secret: String, kind: SpecProblem.Kind) throws { #expect(try examine(secret).kinds == [kind]) }

    @Test("keeps sensitive config apart from plain config and from secrets")
    func sensitive() throws {
        let (spec, kinds) = try examine(
            "x: ", "run: [\"{{ credentials.a }}/c\"], config: [c], health: [ { notify: true } ]",
            config: "{ c: { template: t, sensitive: true } }")
        #expect(kinds == [])
        #expect(spec?.config["c"]?.template(named: "c")?.isSensitive == true)
        let astray = try examine(
            "x: ", "run: [\"{{config }}/c\"], config: [c], health: [ { notify: true } ]",
            config: "{ c: { template: t, sensitive: true } }")
        #expect(astray.kinds == [.contradiction(path: "services.a", .sensitiveElsewhere("c", service: "a"))])
        let twice = try examine("x: ", config: "{ key: { template: t, sensitive: true } }")
        #expect(twice.kinds == [.contradiction(path: "config.key", .credentialTwice("key"))])
        let nested = try examine("x: ", config: "{ a/b: { template: t, sensitive: true } }")
        #expect(nested.kinds == [.badText(path: "config.a/b", text: "a/b", expected: .identifier)])
        let plain = try examine("x: ", config: "{ a/b: { template: t, sensitive: false } }")
        #expect(plain.kinds == [])
        #expect(plain.spec?.config["a/b"]?.template(named: "a/b")?.sensitive == nil)
    }
}
