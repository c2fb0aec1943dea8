// SPDX-License-Identifier: Apache-2.0
import Configuration
import Testing

@Suite("secret() in a template")
struct SecretAccessTests {
    private let context: Value = ["secrets": ["a": true, "tls.key": true, "off": false]]

    private func render(_ template: String, _ access: SecretAccess) throws -> String {
        let bytes = try TemplateRenderer.render(Array(template.utf8), file: "t", context: context, secrets: access)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "is the file's text, but for line feeds at its end",
        arguments: [
            ("hunter2", "hunter2"), ("hunter2\n", "hunter2"), ("a\nb\n\n", "a\nb"), ("a\r\n", "a\r"), ("", ""),
            ("\"; drop", "\"; drop"), ("{{ bin }}", "{{ bin }}"),
        ])
    func contents(file: String, text: String) throws {
        let access = SecretAccess.contents(["tls.key": Array(file.utf8)])
        #expect(try render("<{{ secret(\"tls.key\") }}>", access) == "<\(text)>")
    }

    @Test("goes through filters")
    func filters() throws {
        let access = SecretAccess.contents(["a": Array("say \"hi\"\nyou".utf8)])
        #expect(try render("{{ secret('a')|quote }}", access) == #""say \"hi\"\nyou""#)
    }

    @Test(
        "says what is wrong, and never what a secret holds",
        arguments: [
            (SecretAccess.refused, "a", TemplateProblem.Fault.secretRefused),
            (.contents([:]), "a", .secretAbsent("a")), (.contents(["a": [0xff]]), "a", .secretNotText("a")),
            (.contents(["a": [0x61, 0]]), "a", .secretNotText("a")),
            (.contents([:]), "tls.kye", .undefined(name: "secrets[\"tls.kye\"]", nearest: "secrets[\"tls.key\"]")),
        ])
    func faults(access: SecretAccess, id: String, fault: TemplateProblem.Fault) {
        let problem = TemplateProblem(file: "t", line: 1, column: 4, fault: fault)
        #expect(throws: ConfigurationError.template([problem])) { try render("{{ secret(\"\(id)\") }}", access) }
    }

    @Test("is only named in a preview")
    func placeholders() throws { #expect(try render("{{ secret(\"a\") }}", .placeholders) == "<secret a>") }

    @Test("is checked against what is declared before there is a site", arguments: [true, false])
    func check(allowed: Bool) {
        var names = KnownNames(["secrets": .map(["a": .scalar], isOpen: false)])
        names.allowsSecrets = allowed
        func faults(_ template: String) -> [TemplateProblem.Fault] {
            TemplateRenderer.problems(in: Array(template.utf8), file: "t", names: names).map(\.fault)
        }
        #expect(faults("{{ secret(\"a\") }}") == (allowed ? [] : [.secretRefused]))
        #expect(faults("{{ secret(\"b\") }}").count == (allowed ? 1 : 2))
    }
}
