// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// What a site fills in: secrets and config files.
extension SpecDecoder {
    func secrets() -> [String: SecretDeclaration] {
        var secrets: [String: SecretDeclaration] = [:]
        for pair in root.entries("secrets") {
            let path = "secrets.\(pair.name)"
            // `redis-password:` alone declares a secret that must be there.
            let node = pair.value.isNull ? nil : pair.value
            let section = Section(node, .secret, path: path, ledger, fallback: pair.key.place)
            _ = section.integer("generate", 1...4096)
            secrets[pair.name] = SecretDeclaration(
                required: section.boolean("required") ?? true, about: section.text("about"),
                certificate: certificate(section, pair.name))
        }
        return secrets
    }

    private func certificate(_ section: Section, _ id: String) -> CertificateDeclaration? {
        let warn = section.span("warn")
        let names = section.texts("names").map(\.text)
        guard let key = section.text("certificate-for") else {
            for other in ["warn", "names"] where section.has(other) {
                section.report(
                    other, .contradiction(path: section.path, .needs(key: other, other: "certificate-for")))
            }
            return nil
        }
        declared.check(key, .secret, at: section.place(of: "certificate-for"))
        if key == id {
            section.report("certificate-for", .contradiction(path: section.path, .certificateForItself))
        }
        var certificate = CertificateDeclaration(key: key, names: section.has("names") ? names : hosts(of: id))
        certificate.warn = warn ?? certificate.warn
        return certificate
    }

    /// The names by which checks over TLS call the services that have the certificate: those it must have at least.
    private func hosts(of id: String) -> [String] {
        var hosts: Set<String> = []
        for service in root["services"]?.mapping?.map(\.value) ?? [] {
            let ids = service["secrets"]?.sequence?.compactMap { $0.string ?? $0.mapping?.first?.name } ?? []
            guard ids.contains(id) else { continue }
            for check in service["health"]?.sequence ?? [] where check["tls"] != nil {
                if let host = check["host"]?.string, Grammar.isHostAddress(host) { hosts.insert(host) }
            }
        }
        return hosts.sorted()
    }

    func config() -> [String: ConfigSource] {
        var config: [String: ConfigSource] = [:]
        for pair in root.entries("config", grammar: .releasePath) {
            let path = "config.\(pair.name)"
            let section = Section(pair.value, .config, path: path, ledger, fallback: pair.key.place)
            let sensitive = section.boolean("sensitive") ?? false
            if sensitive { checkCredential(pair.name, section) }
            let check = section.command("check") ?? []
            config[pair.name] = section.path("template").map {
                ConfigSource(template: $0, check: check, isSensitive: sensitive)
            }
        }
        return config
    }

    /// A sensitive file is not where the others are: a program that is sent there would fail on the host, in the window.
    func checkPlaces(_ services: [String: Service], _ config: [String: ConfigSource]) {
        for pair in root["services"]?.mapping ?? [] {
            guard let service = services[pair.name] else { continue }
            let texts = service.run + service.environment.values
            for name in service.config where config[name]?.isSensitive == true {
                let isSentAstray = texts.contains { text in
                    text.filter { $0 != " " }.contains("{{config}}/\(name)")
                }
                guard isSentAstray else { continue }
                let path = "services.\(pair.name)"
                let place = (pair.value["run"] ?? pair.value).place
                ledger.report(place, .contradiction(path: path, .sensitiveElsewhere(name, service: pair.name)))
            }
        }
    }

    /// It becomes a file among the service's secrets (systemd.exec(5): a credential's name is a file name).
    private func checkCredential(_ name: String, _ section: Section) {
        if !Grammar.isIdentifier(name) {
            section.report("", .badText(path: section.path, text: name, expected: .identifier))
        } else if declared.contains(name, .secret) {
            section.report("", .contradiction(path: section.path, .credentialTwice(name)))
        }
    }
}
