// SPDX-License-Identifier: Apache-2.0

import Configuration
import Stencil
import Testing

private let context: Value = [
    "bin": "/opt/pagi/bin",
    "values": [
        "log": ["level": "info"], "peers": ["a", "b"], "port": 8080, "tls": .null, "big": 16_777_217,
        "ratio": .number(3.14159265358979), "on": true, "odd key": "x", "limits": ["z": 1, "a": 2],
        "hosts": [["name": "n1", "ip": "10.0.0.1"], ["name": "n2", "ip": "10.0.0.2"]],
    ],
    "secrets": ["tls.key": true, "API": false],
    "listen": ["http": "169.254.77.5:8080"],
]

private func rendered(_ template: String) throws -> String {
    String(decoding: try TemplateRenderer.render(Array(template.utf8), file: "t", context: context), as: UTF8.self)
}

private func problems(_ template: String) -> [TemplateProblem] {
    do {
        _ = try TemplateRenderer.render(Array(template.utf8), file: "t", context: context)
        return []
    } catch {
        guard case .template(let problems) = error else { return [] }
        return problems
    }
}

private func problem(_ line: Int, _ column: Int, _ fault: TemplateProblem.Fault) -> TemplateProblem {
    TemplateProblem(file: "t", line: line, column: column, fault: fault)
}

struct TemplateTests {
    @Test(arguments: [
        ("{{ bin }}/gateway", "/opt/pagi/bin/gateway"),
        ("a <b> & \"c\"\r\n{{ values.log.level }}\r\n", "a <b> & \"c\"\r\ninfo\r\n"),
        ("{{ values.peers|join:\",\" }} {{ values.peers | join(' + ') }} {{ values.peers|join }}", "a,b a + b ab"),
        ("{{ values.tls|default:\"none\" }} {{ values.nothing.at.all|default:5 }}", "none 5"),
        ("{% if secrets.tls.key %}1{% endif %}{% if secrets.API %}2{% else %}3{% endif %}", "13"),
        ("{% if values.on and not values.tls or values.none|default:false %}y{% endif %}", "y"),
        ("{% if \"a\" in values.peers and 'c' not in values.peers %}y{% endif %}", "y"),
        ("{% if values.big == 16777216 %}same{% elif values.big > 16777216 %}more{% endif %}", "more"),
        (
            "{% for h in values.hosts %}{{ forloop.counter }}:{{ h.name }}={{ h.ip }};{% endfor %}",
            "1:n1=10.0.0.1;2:n2=10.0.0.2;"
        ),
        ("{% for k, v in values.limits %}{{ k }}={{ v }} {% endfor %}", "z=1 a=2 "),
        ("{% for x in values.tls|default:values.peers %}{{ x }}{% empty %}none{% endfor %}", "ab"),
        (
            "{{ values.ratio }} {{ values.peers.0 }}{{ values.peers[1] }} {{ values['odd key'] }}",
            "3.14159265358979 ab x"
        ),
        ("{{ values.peers.count }} {{ values.peers.last }}", "2 b"),
        ("{{ values.log|json }} {{ values.log.level|uppercase|quote }}", "{\"level\":\"info\"} \"INFO\""),
        ("{{ 'a}}b' }}{# {{ values.nothing }} #}{{ \"{%\" }}", "a}}b{%"),
        ("x  {%- if values.on -%}  y  {%- endif -%}  z", "xyz"),
        ("{{ 'on' if values.on else 'off' }}", "on"),
        ("{ {a} } %} }}", "{ {a} } %} }}"),
        ("", ""),
    ])
    func renders(template: String, expected: String) throws {
        #expect(try rendered(template) == expected)
    }

    @Test func everyMissingNameIsListedAtOnce() {
        let template = """
            listen {{ listen.htpp }};
            π {{ values.log.levle }} {{ nothing }}
            {% if values.absent %}{{ also.absent }}{% else %}{{ values.gone }}{% endif %}
            {% for x in values.nowhere %}{{ x.name }}{{ valeus }}{% endfor %}
            {{ values.peers.7 }}
            """
        #expect(
            problems(template) == [
                problem(1, 11, .undefined(name: "listen.htpp", nearest: "listen.http")),
                problem(2, 6, .undefined(name: "values.log.levle", nearest: "values.log.level")),
                problem(2, 29, .undefined(name: "nothing", nearest: nil)),
                problem(3, 7, .undefined(name: "values.absent", nearest: nil)),
                problem(3, 26, .undefined(name: "also.absent", nearest: nil)),
                problem(3, 53, .undefined(name: "values.gone", nearest: nil)),
                problem(4, 13, .undefined(name: "values.nowhere", nearest: nil)),
                problem(4, 45, .undefined(name: "valeus", nearest: "values")),
                problem(5, 4, .undefined(name: "values.peers[7]", nearest: nil)),
            ])
    }

    @Test(arguments: [
        ("a {{ bin\nrest", problem(1, 3, .unclosed("{{"))),
        ("a\n{# open", problem(2, 1, .unclosed("{#"))),
        ("{% if values.on %}", problem(1, 1, .unclosed("if"))),
        ("{% endif %}", problem(1, 1, .unexpectedTag("endif"))),
        ("{% for x in values.peers %}{% endif %}", problem(1, 28, .unexpectedTag("endif"))),
        ("{% include \"/etc/shadow\" %}", problem(1, 1, .unknownTag("include", nearest: nil))),
        ("{% esle %}", problem(1, 1, .unknownTag("esle", nearest: "else"))),
        ("{{ bin|uppercsae }}", problem(1, 8, .unknownFilter("uppercsae", nearest: "uppercase"))),
        ("{{ bin + 1 }}", problem(1, 8, .unexpected("+"))),
        ("{{ bin bin }}", problem(1, 8, .unexpected("bin"))),
        ("{{ }}", problem(1, 1, .expected("a name or a value"))),
        ("{{ 'a }}", problem(1, 4, .unclosed("'"))),
        ("{{ values.log }}", problem(1, 4, .notPrintable(type: "object"))),
        ("{{ values.tls }}", problem(1, 4, .notPrintable(type: "null"))),
        ("{% for x in bin %}{% endfor %}", problem(1, 4, .notIterable(type: "string"))),
        ("{% if bin > 3 %}{% endif %}", problem(1, 11, .notComparable("string", "integer"))),
        ("{{ bin|join }}", problem(1, 8, .badFilterInput(filter: "join", type: "string"))),
        ("{{ bin|default }}", problem(1, 8, .badFilterArguments(filter: "default"))),
        ("{{ secret(\"ID\") }}", problem(1, 4, .undefined(name: "secrets.ID", nearest: nil))),
        ("{{ secret(ID) }}", problem(1, 11, .expected("a secret's ID in quotes"))),
        ("{{ other(\"ID\") }}", problem(1, 4, .notBuilt("other()"))),
    ])
    func refuses(template: String, expected: TemplateProblem) {
        #expect(problems(template) == [expected])
    }

    @Test func workAndDepthAreBounded() {
        let nested = String(repeating: "{% if bin %}", count: 50) + String(repeating: "{% endif %}", count: 50)
        #expect(problems(nested).map(\.fault) == [.tooDeep])
        #expect(problems("{{ " + String(repeating: "(", count: 5000) + " }}").map(\.fault) == [.tooDeep])
        let loops =
            String(repeating: "{% for x in values.many %}", count: 4)
            + String(
                repeating: "{% endfor %}", count: 4)
        let many: Value = ["values": ["many": .list(Array(repeating: 1, count: 100))]]
        #expect(throws: ConfigurationError.template([problem(1, 82, .tooMuchWork)])) {
            try TemplateRenderer.render(Array(loops.utf8), file: "t", context: many)
        }
        #expect(throws: ConfigurationError.template([problem(1, 1, .notUTF8)])) {
            try TemplateRenderer.render([0x61, 0xff], file: "t", context: many)
        }
    }

    @Test(arguments: ["\n", "\r", "\0", "\u{1b}", "\u{7f}"])
    func aLineStaysALine(control: String) throws {
        let context: Value = ["values": ["name": .text("a\(control)ExecStart=/bin/sh")]]
        #expect(throws: ConfigurationError.self) {
            try TemplateRenderer.renderLine("--name={{ values.name }}", place: "services.a.run[1]", context: context)
        }
        #expect(try TemplateRenderer.renderLine("a\tb", place: "services.a.run[1]", context: context) == "a\tb")
    }

    /// The language is Stencil's: where both give a result, it is the same.
    @Test(arguments: [
        "{{ values.log.level }}-{{ values.port }}", "{% if values.on %}a{% else %}b{% endif %}",
        "{% for x in values.peers %}{{ forloop.counter0 }}{{ x }}{% if not forloop.last %}, {% endif %}{% endfor %}",
        "{{ values.peers|join:\", \" }}", "{{ values.none|default:\"d\" }}", "{{ values.log.level|uppercase }}",
        "{% if values.port == 8080 and values.log.level != \"debug\" %}x{% elif values.on %}y{% endif %}",
        "a\n{%- if values.on -%}\n b\n{%- endif %}\nc", "{% if \"a\" in values.peers %}in{% endif %}",
        "{% for h in values.hosts %}{{ h.name }} {{ h.ip }}\n{% endfor %}",
        "{{ values.peers.0 }}{{ values.peers.last }}",
        "x{# comment #}y", "{{ 'quoted' }}{{ 5 }}", "{{ \"a\" if values.on else \"b\" }}",
        "{% if (values.on or values.none) and not values.off %}p{% endif %}",
    ])
    func agreesWithStencil(template: String) throws {
        let values: [String: Any] = [
            "log": ["level": "info"], "port": 8080, "on": true, "peers": ["a", "b"],
            "hosts": [["name": "n1", "ip": "10.0.0.1"], ["name": "n2", "ip": "10.0.0.2"]],
        ]
        let ours: Value = [
            "values": [
                "log": ["level": "info"], "port": 8080, "on": true, "peers": ["a", "b"], "none": false, "off": false,
                "hosts": [["name": "n1", "ip": "10.0.0.1"], ["name": "n2", "ip": "10.0.0.2"]],
            ]
        ]
        var known = ours
        if template.contains("default"), case .map(var root) = ours, case .map(var inner)? = root["values"] {
            inner["none"] = nil
            root["values"] = .map(inner)
            known = .map(root)
        }
        let result = try TemplateRenderer.render(Array(template.utf8), file: "t", context: known)
        let stencil = try Environment().renderTemplate(string: template, context: ["values": values])
        #expect(String(decoding: result, as: UTF8.self) == stencil)
    }

    @Test func namesAreCheckedWithoutValues() {
        let names = KnownNames([
            "values": KnownNames.Shape([
                "log": ["level": "info"], "tls": .null, "peers": ["a"], "extra": .map([:]), "hosts": [["name": "n"]],
            ]), "secrets": .map(["tls.key": .scalar], isOpen: false),
        ])
        let template = """
            {% if values.tls %}{{ values.tls.cert }}{% endif %}{{ values.extra.anything }}{{ secrets.tls.key }}
            {% for h in values.hosts %}{{ h.name }}{{ h.nmae }}{% endfor %}{{ values.missing|default:1 }}
            {% if false %}{{ values.lgo.level }}{% endif %}{{ values.peers }}
            """
        #expect(
            TemplateRenderer.problems(in: Array(template.utf8), file: "t", names: names) == [
                problem(2, 43, .undefined(name: "h.nmae", nearest: "h.name")),
                problem(3, 18, .undefined(name: "values.lgo.level", nearest: "values.log.level")),
                problem(3, 51, .notPrintable(type: "array")),
            ])
    }
}
