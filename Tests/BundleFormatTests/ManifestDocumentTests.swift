// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite struct ManifestDocumentTests {
    static func sample() throws -> Manifest {
        let digest = try #require(Digest(bytes: [UInt8](repeating: 7, count: 32)))
        return Manifest(
            name: try #require(ReleaseName("pagi")), version: Version(major: 1, minor: 4, patch: 0), arch: .amd64,
            summary: "Digital twin", created: "2026-11-21T04:00:00Z",
            source: SourceRevision(commit: String(repeating: "a", count: 40), dirty: false),
            tree: InstalledTree(sha256: digest, files: 3, directories: 2, bytes: 12),
            executables: [Executable(path: try #require(ReleasePath("bin/web")))],
            images: [
                "redis": Image(
                    kind: "docker-archive", config: Image.Blob(digest: digest, bytes: 3),
                    layers: [Image.Layer(digest: digest, bytes: 3, diff: digest)])
            ],
            secrets: ["KEY": SecretDeclaration(required: true)],
            config: ["web.toml": ConfigTemplate(template: try #require(ReleasePath("templates/web.toml")))],
            services: [
                "web": Service(
                    run: ["{{ bin }}/web"], after: [.service(name: "cache"), .unit(name: "x.service")],
                    config: ["web.toml"], environment: ["LOG": "é"], secrets: [SecretUse(id: "KEY")],
                    ports: ["http": Port(port: 8080, expose: .public)],
                    health: [
                        HealthCheck(probe: .http(port: "http", path: "/", status: 200, body: "ok", host: nil)),
                        HealthCheck(probe: .alive(duration: .seconds(3))),
                    ], strategy: .blueGreen),
                "cache": Service(run: [], image: "redis", state: [StateDirectory(name: "d")], strategy: .recreate),
            ])
    }

    @Test func comesBackAsItWas() throws {
        let manifest = try ManifestDocumentTests.sample()
        let bytes = try ManifestDocument.encode(manifest)
        #expect(try ManifestDocument.decode(bytes) == manifest)
        #expect(try ManifestDocument.encode(ManifestDocument.decode(bytes)) == bytes)
    }

    @Test(
        arguments: [
            ("\"files\": 3", "\"files\": 3.0"), ("\"files\": 3", "\"files\":  3"), ("\"files\": 3", "\"fils\": 3"),
            ("\"files\": 3", "\"files\": \"3\""), ("\"files\": 3", "\"files\": -3"), ("\n \"arch\"", "\n\"arch\""),
            ("\"arch\": \"amd64\"", "\"arch\": \"x86\""), ("\"arch\": \"amd64\"", "\"anew\": 1,\n \"arch\": \"amd64\""),
            ("\"arch\": \"amd64\"", "\"arch\": \"amd\\u00364\""), ("bundle-manifest/1", "bundle-manifest/2"),
            ("\"dirty\": false", "\"dirty\": null"), ("\"version\": \"1.4.0\"", "\"version\": \"v1.4.0\""),
            ("\"summary\": \"Digital twin\"", "\"summary\": null"),
        ])
    func refusesOtherBytes(part: String, other: String) throws {
        let text = String(decoding: try ManifestDocument.encode(ManifestDocumentTests.sample()), as: UTF8.self)
        let changed = text.replacing(part, with: other)
        #expect(changed != text)
        #expect(throws: FormatError.self) { try ManifestDocument.decode(Array(changed.utf8)) }
    }

    static let contradictions: [@Sendable (inout Manifest) -> Void] = [
        { $0.services["web"]?.config = ["other"] }, { $0.services["web"]?.secrets = [SecretUse(id: "no")] },
        { $0.services["web"]?.after = [.service(name: "no")] }, { $0.services["cache"]?.image = "no" },
        { $0.services["cache"]?.after = [.service(name: "web")] }, { $0.services["Web"] = $0.services["web"] },
        { $0.services["web"]?.run = [] }, { $0.services["cache"]?.strategy = .blueGreen },
        { $0.services["web"]?.ports = [:] }, { $0.services["web"]?.ports["http"]?.port = 65536 },
        { $0.services["web"]?.environment = ["A=B": "1"] }, { $0.services["web"]?.environment = ["A": "1\nUser=root"] },
        { $0.services["web"]?.unit = ["Service": ["Nice": ["1\nExecStart=/bin/sh"]]] },
        { $0.services["web"]?.health[0].passes = 0 }, { $0.created = "yesterday" }, { $0.source?.commit = "HEAD" },
        { $0.services["web"]?.ports["http"]?.container = 80 }, { $0.services["web"]?.writableRoot = true },
        { $0.services["cache"]?.ports = ["a": Port(port: 1, container: 0)] },
        { $0.services["cache"]?.ports = ["a": Port(port: 1, bindAny: true, container: 7)] },
        { $0.services["cache"]?.ports = ["a": Port(port: 1, container: 7), "b": Port(port: 2, container: 7)] },
        { $0.services["cache"]?.user = ContainerUser(user: 0, group: 1) },
        { $0.services["web"]?.user = ContainerUser(user: 1, group: 1) },
        { $0.services["cache"]?.state = [StateDirectory(name: "d", mount: "/d,ro=false,src=/etc")] },
        { $0.executables += $0.executables }, { $0.images["redis"]?.kind = "squashfs" }, { $0.summary = "a\u{1b}[2J" },
    ]

    @Test(arguments: contradictions.indices)
    func refusesContradiction(index: Int) throws {
        var manifest = try ManifestDocumentTests.sample()
        ManifestDocumentTests.contradictions[index](&manifest)
        #expect(throws: FormatError.self) { try ManifestDocument.encode(manifest) }
        // The reader holds the same rules, whoever wrote the bytes.
        let bytes = try CanonicalDocument.encode(manifest)
        #expect(throws: FormatError.self) { try ManifestDocument.decode(bytes) }
    }

    @Test(
        arguments: [
            ("bin/a", "b", true), ("bin/a", "../lib/x", true), ("a", "b/c", true), ("a/b/c", "../../d", true),
            ("a", "../b", false), ("a/b", "../../c", false), ("a/b", "c/../../..", false), ("a/b", "c/../d", false),
            ("a", "/etc/passwd", false), ("a", "", false), ("a", ".", false), ("a/b", "..", false), ("a", "b/", false),
            ("a", "b//c", false), ("a", "./b", false), ("a", "b\nc", false), ("a/b", "../-x", false),
        ])
    func keepsSymlinksInside(path: String, target: String, inside: Bool) throws {
        var manifest = try ManifestDocumentTests.sample()
        manifest.symlinks = [Symlink(path: try #require(ReleasePath(path)), target: target)]
        if inside {
            _ = try ManifestDocument.encode(manifest)
        } else {
            #expect(throws: FormatError.self) { try ManifestDocument.encode(manifest) }
        }
    }
}
