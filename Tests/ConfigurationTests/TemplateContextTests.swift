// SPDX-License-Identifier: Apache-2.0

import BundleFormat
import Configuration
import Testing

private func manifest() throws -> Manifest {
    let name = try #require(ReleaseName("pagi"))
    let tree = InstalledTree(
        sha256: try #require(Digest(bytes: Array(repeating: 0, count: 32))), files: 0, directories: 0, bytes: 0)
    return Manifest(
        name: name, version: try #require(Version("1.4.0")), arch: .amd64, tree: tree,
        secrets: [
            "tls.key": SecretDeclaration(required: true, about: "of the gateway"),
            "API": SecretDeclaration(required: false),
        ],
        config: ["g.toml": ConfigTemplate(template: try #require(ReleasePath("templates/g.toml")))],
        services: [
            "gateway": Service(
                run: ["x"], config: ["g.toml"], ports: ["http": Port(port: 8443), "in-api": Port(port: 9100)],
                state: [StateDirectory(name: "cache")], strategy: .blueGreen),
            "memory": Service(run: ["x"], ports: ["grpc": Port(port: 7000)], strategy: .recreate),
        ])
}

private let facts = SlotFacts(
    slot: .blue, bin: "/b", share: "/s", config: "/c",
    host: MachineFacts(name: "twin", address: "192.0.2.7", cpus: 4, memory: 1 << 33),
    listen: [
        "gateway": [
            "http": SlotFacts.Listen(
                endpoint: Endpoint(address: "169.254.77.5", port: 8443),
                endpoint6: Endpoint(address: "fd77::5", port: 8443)),
            "in-api": SlotFacts.Listen(endpoint: Endpoint(address: "169.254.77.5", port: 9100)),
        ]
    ],
    addresses: ["memory": ["grpc": Endpoint(address: "127.0.0.1", port: 7000)]],
    state: ["gateway": ["cache": "/var/lib/pagi/gateway/cache"]], credentials: ["gateway": "/run/credentials/g"],
    secretsPresent: ["tls.key"])

struct TemplateContextTests {
    @Test(arguments: [
        ("{{ bin }} {{ share }} {{ config }}", "/b /s /c"),
        ("{{ name }} {{ version }} {{ arch }} {{ slot }}", "pagi 1.4.0 amd64 blue"),
        ("{{ listen.http }}", "169.254.77.5:8443"), ("{{ listen.http.address }}", "169.254.77.5"),
        ("{{ listen.http.port }}", "8443"), ("{{ listen.http.v6 }}", "[fd77::5]:8443"),
        ("{{ listen.http.address6 }}", "fd77::5"), ("{{ listen.in-api }}", "169.254.77.5:9100"),
        ("{{ address.memory.grpc }}", "127.0.0.1:7000"), ("{{ state.cache }}", "/var/lib/pagi/gateway/cache"),
        ("{{ host.name }} {{ host.address }} {{ host.cpus }} {{ host.memory }}", "twin 192.0.2.7 4 8589934592"),
        ("{% if secrets.tls.key %}y{% endif %}{% if not secrets.API %}n{% endif %}", "yn"),
        ("{{ credentials.gateway }}/tls.key", "/run/credentials/g/tls.key"), ("{{ values.x }}", "1"),
    ])
    func offersWhatIsDocumented(template: String, expected: String) throws {
        let context = TemplateContext.make(manifest: try manifest(), values: ["x": 1], service: "gateway", slot: facts)
        #expect(try TemplateRenderer.renderLine(template, place: "run", context: context) == expected)
        let names = KnownNames(manifest: try manifest(), values: KnownNames.Shape(["x": 1]), service: "gateway")
        #expect(TemplateRenderer.problems(in: Array(template.utf8), file: "run", names: names) == [])
    }

    @Test(arguments: ["listen.htpp", "secrets.OTHER", "address.memory.http", "state.logs", "values.y", "file", "slots"])
    func refusesWhatIsNot(name: String) throws {
        let context = TemplateContext.make(manifest: try manifest(), values: ["x": 1], service: "gateway", slot: facts)
        #expect(throws: ConfigurationError.self) {
            try TemplateRenderer.renderLine("{{ \(name) }}", place: "run", context: context)
        }
        let names = KnownNames(manifest: try manifest(), values: KnownNames.Shape(["x": 1]), service: "gateway")
        #expect(TemplateRenderer.problems(in: Array("{{ \(name) }}".utf8), file: "run", names: names).count == 1)
    }

    @Test func aConfigFileBelongsToItsOneReader() throws {
        #expect(TemplateContext.owner(ofConfig: "g.toml", in: try manifest()) == "gateway")
        #expect(TemplateContext.owner(ofConfig: "other", in: try manifest()) == nil)
    }

    @Test func theSkeletonIsTheSitesToFillIn() throws {
        let schema = try ValueSchema(
            json(
                """
                {"required": ["site"], "properties": {
                  "site": {"type": "string", "description": "name of the site"},
                  "log": {"properties": {"level": {"enum": ["info", "debug"], "description": "how much\\nto say"}}}}}
                """))
        let text = SiteValuesSkeleton.text(
            manifest: try manifest(), defaults: ["log": ["level": "info"], "peers": ["a"]], schema: schema)
        #expect(
            text == """
                # /etc/pagi/values.yaml: this site's values for pagi 1.4.0
                # A commented line shows the default: uncomment it to change it. Lists are replaced whole.

                # log:
                  #
                  # how much
                  # to say
                  # (one of "info", "debug")
                  # level: "info"

                # peers: ["a"]

                # name of the site
                # (required; string)
                site:

                # Secrets are files of their own, root's, mode 0600: /etc/pagi/secrets/ID
                #   API (optional)
                #   tls.key (required): of the gateway

                """)
    }
}
