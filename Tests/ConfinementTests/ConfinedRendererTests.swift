// SPDX-License-Identifier: Apache-2.0
import Compression
import Configuration
import Confinement
import Synchronization
import Testing

/// A confined child renders what the engine in this process renders, and finds what it finds.
@Suite(.serialized)
struct ConfinedRendererTests {
    private static let context: Value = [
        "values": [
            "name": "pond", "count": -3, "deep": ["a": [1, "two", ["b": .null]]], "rate": .number(0.5), "on": true,
            "empty": "", "text": "a\nb{{ c }}",
        ]
    ]

    @Test(arguments: [
        "{{ values.name }}", "{{values.count}} {{ values.rate }} {{ values.on }} {{ values.text }}",
        "{% for x in values.deep.a %}{% if forloop.first %}{{ x }}{% endif %}{% endfor %}", "no tag", "", "{", "{{",
        "{{ values.nmae }} {{ nothing }} {{ values.deep }}", "{{ values.name|uper }}", "{% fi %}",
        "{{ values.name | }}",
        "{{ secret(\"db\") }}", "{% for x in values.name %}{% endfor %}",
        "{% if values.on == values.deep %}{% endif %}",
    ])
    func sameTextsAndSameProblems(template: String) {
        let renderer = ConfinedRenderer { try Probe.child() }
        for access in [SecretAccess.refused, .placeholders, .contents([:]), .contents(["db": [0]])] {
            let own = Result {
                try OwnRenderer().render(Array(template.utf8), file: "f", context: Self.context, secrets: access)
            }
            for _ in 0..<2 {
                let confined = Result {
                    try renderer.render(Array(template.utf8), file: "f", context: Self.context, secrets: access)
                }
                switch (own, confined) {
                case (.success(let own), .success(let confined)): #expect(own == confined)
                case (.failure(let own), .failure(let confined)):
                    #expect(own as? ConfigurationError == confined as? ConfigurationError)
                    #expect(own is ConfigurationError)
                default: Issue.record("\(own) is not \(confined)")
                }
            }
        }
    }

    @Test func bytesThatAreNoTextComeThrough() throws {
        let renderer = ConfinedRenderer { try Probe.child() }
        let context: Value = ["values": ["x": "ä"]]
        #expect(
            try renderer.render(Array("ö{{ values.x }}".utf8), file: "f", context: context, secrets: .refused)
                == Array("öä".utf8))
        #expect(throws: ConfigurationError.self) {
            try renderer.render([0xff, 0x7b, 0x7b], file: "f", context: context, secrets: .refused)
        }
    }

    /// A child that was told a secret is asked once; the others are kept.
    @Test func whoKnowsASecretRendersOnce() throws {
        let started = Atomic(0)
        let renderer = ConfinedRenderer {
            started.add(1, ordering: .relaxed)
            return try Probe.child()
        }
        let secrets = SecretAccess.contents(["db": Array("hunter2\n".utf8), "other": [1]])
        for _ in 0..<3 {
            let bytes = try renderer.render(
                Array("password={{ secret(\"db\") }}".utf8), file: "f", context: ["secrets": ["db": "-"]],
                secrets: secrets)
            #expect(bytes == Array("password=hunter2".utf8))
        }
        #expect(started.load(ordering: .relaxed) == 3)
        for _ in 0..<3 { _ = try renderer.render(Array("{{ 1 }}".utf8), file: "f", context: [:], secrets: .refused) }
        #expect(started.load(ordering: .relaxed) == 4)
    }

    @Test(arguments: [
        ("too-long", DecoderFault.disobeyed), ("no-verdict", .disobeyed), ("done-early", .disobeyed),
        ("hangs", .silent), ("exits", .ended(status: 7)),
    ])
    func aChildThatAnAttackerHasIsNotBelieved(kind: String, fault: DecoderFault) {
        let renderer = ConfinedRenderer { try Probe.liar(kind) }
        // More than the socket holds, so that a child which answers early is found out.
        let template = Array("{{ values.x }}".utf8) + [UInt8](repeating: 0x41, count: 1 << 20)
        #expect(throws: fault) {
            try renderer.render(template, file: "f", context: ["values": ["x": "y"]], secrets: .refused)
        }
    }
}
