// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration
import Cryptography
import HostRecords
import HostSystem
import Testing

@testable import Installer

@Suite("Config that holds secrets")
struct SensitiveConfigTests {
    private let layout: HostLayout
    private let key: SecretBytes

    init() throws {
        layout = HostLayout(root: "/", product: try #require(ReleaseName("pond")))
        key = try SecretBytes.random(count: 32)
    }

    private func renderer(
        template: String = "requirepass {{ secret(\"redis-password\")|quote }} at {{ config }}", sensitive: Bool = true,
        secrets: [String: String] = ["redis-password": "hunter2\n"], slot: Slot = .blue
    ) throws -> ReleaseRenderer {
        var manifest = try TextSource.manifest()
        let path = try #require(ReleasePath("templates/redis.conf"))
        manifest.secrets = ["redis-password": SecretDeclaration(required: false)]
        manifest.config["redis.conf"] = ConfigTemplate(
            template: path, check: ["/bin/true", "{{ file }}"], sensitive: sensitive ? true : nil)
        manifest.services["store"] = Service(
            run: ["/bin/redis", "{{ credentials.store }}/redis.conf"], config: ["redis.conf"], strategy: .recreate)
        manifest.services["web"] = Service(run: ["/bin/web"], config: ["redis.conf"], strategy: .blueGreen)
        let source = try TextSource(manifest, files: ["templates/redis.conf": template])
        let addresses = try #require(SlotAddresses(index: 0))
        let settings = SiteSettings(values: [:], secrets: Set(secrets.keys), digest: source.digest)
        return ReleaseRenderer(
            source: source,
            placements: Placements(
                manifest: manifest, slot: slot, addresses: addresses, settings: settings, layout: layout,
                directory: source.directory), host: MachineFacts(name: "h"), hasIPv6: false, secretHashes: [:],
            secretContents: SecretContents(
                contents: secrets.mapValues { Array($0.utf8) }, key: key, layout: layout))
    }

    @Test("is a credential of the unit, and in no file that others may read")
    func credential() throws {
        let rendered = try renderer().render(places: ["store": "abc"])
        #expect(rendered.slotConfig.isEmpty)
        #expect(rendered.placeConfig == ["store": [:]])
        let unit = try #require(rendered.units["pond.store.service"])
        let texts = rendered.credentials.mapValues { String(decoding: $0, as: UTF8.self) }
        #expect(
            Set(texts.values) == [
                "requirepass \"hunter2\" at /opt/pond/services/store/abc/config",
                "requirepass \"hunter2\" at /opt/pond/slots/blue/config",
            ])
        for path in texts.keys {
            #expect(path.parent == "/var/lib/bundle/pond/credentials")
            #expect(path.name.hasSuffix("-redis.conf"))
        }
        let named = texts.keys.filter { unit.contains("LoadCredential=redis.conf:\($0)\n") }
        #expect(named.count == 1)
        #expect(unit.contains("/run/credentials/pond.store.service/redis.conf"))
        for text in rendered.units.values { #expect(!text.contains("hunter2")) }
    }

    @Test("is checked where systemd puts it for the checking unit")
    func check() throws {
        let checks = try renderer().render(places: ["store": "abc"]).checks
        let store = try #require(checks.first { $0.service == "store" })
        #expect(store.task.unit == "pond.store.check.service")
        #expect(store.task.argv.last == "/run/credentials/pond.store.check.service/redis.conf")
        let argv = SystemdManager.command(for: store.task).argv
        #expect(argv.contains("--unit=pond.store.check.service"))
        let web = try #require(checks.first { $0.service == "web" })
        #expect(web.task.argv.last == "/run/credentials/pond.web.blue.check.service/redis.conf")
    }

    @Test("shows a change of the secret, and of the secret alone, in fingerprints and hashes")
    func changes() throws {
        let before = try renderer()
        let same = try renderer(slot: .green)
        let after = try renderer(secrets: ["redis-password": "hunter3"])
        #expect(try before.sensitiveHashes() == same.sensitiveHashes())
        #expect(try before.sensitiveHashes() != after.sensitiveHashes())
        #expect(try before.fingerprints()["store"] == same.fingerprints()["store"])
        #expect(try before.fingerprints()["store"] != after.fingerprints()["store"])
    }

    @Test("is refused where it is not marked, with its place")
    func notSensitive() throws {
        #expect(
            throws: ConfigurationError.template([
                TemplateProblem(file: "redis.conf", line: 1, column: 16, fault: .secretRefused)
            ])
        ) { try renderer(sensitive: false).render(places: ["store": "abc"]) }
    }

    @Test("says which secret is not there")
    func absent() throws {
        #expect(
            throws: ConfigurationError.template([
                TemplateProblem(file: "redis.conf", line: 1, column: 16, fault: .secretAbsent("redis-password"))
            ])
        ) { try renderer(secrets: [:]).render(places: ["store": "abc"]) }
        let asking = "{% if secrets.redis-password %}{{ secret(\"redis-password\") }}{% else %}none{% endif %}"
        let rendered = try renderer(template: asking, secrets: [:]).render(places: ["store": "abc"])
        #expect(rendered.credentials.values.allSatisfy { $0 == Array("none".utf8) })
    }
}
