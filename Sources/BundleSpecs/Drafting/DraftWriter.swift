// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Writes a draft's text.
struct DraftWriter {
    private(set) var text = ""

    private mutating func line(_ line: String = "") { text += line + "\n" }

    mutating func head(name: String, arch: Architecture) {
        line(
            "# A draft: whatever is marked TODO only you can know. `bundle lint` checks it; docs/spec.md explains every key."
        )
        line("spec: 1")
        line("name: \(name)")
        line("arch: [\(arch.rawValue)]")
    }

    mutating func sources(programs: [(String, String)], sites: [String], images: [(String, String)]) {
        if !programs.isEmpty {
            line("binaries:")
            for (path, _) in programs { line("  - { from: \(DraftWriter.quoted(path)) }") }
        }
        if !sites.isEmpty {
            line("files:")
            for path in sites { line("  - { from: \(DraftWriter.quoted(path)) }") }
        }
        if !images.isEmpty {
            line("images:")
            for (path, service) in images {
                line("  \(service): { archive: \(DraftWriter.quoted(path)), digest: pending }  # `bundle pin`")
            }
        }
    }

    mutating func configuration(values: String?, schema: String?, templates: [(path: String, config: String)]) {
        let pairs = [values.map { ("defaults", $0) }, schema.map { ("schema", $0) }].compactMap(\.self)
        if !pairs.isEmpty {
            line("values: { \(pairs.map { "\($0.0): \(DraftWriter.quoted($0.1))" }.joined(separator: ", ")) }")
        }
        if !templates.isEmpty {
            line("config:")
            for template in templates {
                line("  \(DraftWriter.quoted(template.config)): { template: \(DraftWriter.quoted(template.path)) }")
            }
        }
    }

    mutating func services(programs: [(String, String)], images: [(String, String)]) {
        line("services:")
        if programs.isEmpty, images.isEmpty {
            line("  main:")
            line("    run: [/usr/bin/env]                  # TODO: nothing that runs was found; name it here")
        }
        for (path, service) in programs {
            let program = path.split(separator: "/").last.map(String.init) ?? path
            line("  \(service):")
            line(
                "    run: [\(DraftWriter.double("{{ bin }}/\(program)"))]   # TODO: its arguments, such as \"{{ listen.http }}\""
            )
            questions()
        }
        for (_, service) in images {
            line("  \(service):")
            line("    image: \(service)                     # TODO: tell it to listen at {{ listen.http }}")
            questions()
        }
    }

    private mutating func questions() {
        line("    # TODO ports: { http: { port: 8080, expose: public } }")
        line("    # TODO health: [ { http: http, path: /healthz } ]")
    }

    mutating func tail(upgrade: String?, changelog: String?) {
        let pairs = [upgrade.map { ("upgrade", $0) }, changelog.map { ("changelog", $0) }].compactMap(\.self)
        guard !pairs.isEmpty else { return }
        line("docs: { \(pairs.map { "\($0.0): \(DraftWriter.quoted($0.1))" }.joined(separator: ", ")) }")
    }

    /// A plain scalar where that can be nothing else; otherwise in double quotes.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_./-".utf8.contains(byte)
            }
        }
        return isPlain && text.first?.isLetter == true && !["true", "false", "null"].contains(text.lowercased())
            ? text : double(text)
    }

    private static func double(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
