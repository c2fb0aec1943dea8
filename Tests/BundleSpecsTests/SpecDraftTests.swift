// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing
import YAMLDocuments

@Suite("A draft")
struct SpecDraftTests {
    private static let entries = [
        DraftEntry(path: "target/release/Gate_Way", kind: .program),
        DraftEntry(path: "other/gate-way", kind: .program),
        DraftEntry(path: "images/qdrant.v1.tar", kind: .imageArchive),
        DraftEntry(path: "dist/index.html", kind: .file), DraftEntry(path: "dist/sub/index.html", kind: .file),
        DraftEntry(path: "deploy/a \"b\": #.conf.tmpl", kind: .file),
        DraftEntry(path: "deploy/gateway.toml", kind: .file),
        DraftEntry(path: "deploy/values.yaml", kind: .file), DraftEntry(path: "deploy/values.schema.json", kind: .file),
        DraftEntry(path: "src/settings.toml", kind: .file), DraftEntry(path: "CHANGELOG.md", kind: .file),
        DraftEntry(path: "docs/UPGRADE.md", kind: .file),
    ]

    @Test("is a spec, and names what was recognised")
    func drafts() throws {
        let draft = SpecDraft(directory: "2 My Repo!", arch: .arm64, entries: Self.entries)
        let (spec, problems) = BundleSpec.examine(try YAMLDocument.parse(Array(draft.text.utf8), file: "f"))
        // What only the author knows is missing, and lint says so of each service.
        let services = ["gate-way", "gate-way-2", "qdrant"]
        #expect(problems.map(\.kind) == services.map { .advice(path: "services.\($0)", .unobserved) })
        #expect(spec?.name.text == "my-repo")
        #expect(spec?.arch == [.arm64])
        #expect(spec?.services.keys.sorted() == ["gate-way", "gate-way-2", "qdrant"])
        #expect(spec?.files.map(\.destination) == ["share/dist"])
        #expect(spec?.config.keys.sorted() == ["gateway.toml"])
        #expect(spec?.values.schema?.text == "deploy/values.schema.json")
        #expect(spec?.docs.changelog?.text == "CHANGELOG.md")
        #expect(draft.recognised.contains(.site("dist")))
        #expect(draft.recognised.count == 9)
    }

    @Test("is a spec whatever lies there", arguments: ["", "...", "bundle", String(repeating: "x-", count: 60), "é"])
    func anything(_ directory: String) throws {
        let odd = ["a b", "-x", "a\"b\\", "{{ x }}", "true", "a: b", "# c", "é"].map {
            DraftEntry(path: "bin/\($0)", kind: .program)
        }
        let draft = SpecDraft(directory: directory, arch: .amd64, entries: odd)
        // Such names are for the author to mend; the text is YAML nevertheless, and one service a program.
        let node = try YAMLDocument.parse(Array(draft.text.utf8), file: "f")
        #expect(node["services"]?.mapping?.count == odd.count)
        let empty = SpecDraft(directory: directory, arch: .amd64, entries: [])
        let draftOfNothing = BundleSpec.examine(try YAMLDocument.parse(Array(empty.text.utf8), file: "f"))
        #expect(draftOfNothing.problems.map(\.kind) == [.advice(path: "services.main", .unobserved)])
    }
}
