// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing

private let amd = String(repeating: "a1", count: 32)
private let arm = String(repeating: "b2", count: 32)

@Suite("A digest that is written into a spec")
struct SpecTextTests {
    private func pinned(_ text: String, both: Bool = false) throws -> String {
        var spec = try SpecText("images:\n\(text)# end\n", file: "bundle.yaml")
        let digests = [
            Architecture.amd64: try #require(Digest(hex: amd)), .arm64: try #require(Digest(hex: both ? arm : amd)),
        ]
        try spec.pin("q", to: digests)
        return String(spec.text.dropFirst(8).dropLast(6))
    }

    @Test(
        "leaves comments, order and style alone",
        arguments: [
            ("  q: { archive: q.tar }  # why\n", "  q: { archive: q.tar, digest: \"sha256:\(amd)\" }  # why\n"),
            ("  q: {archive: 'a b.tar'}\n", "  q: {archive: 'a b.tar', digest: \"sha256:\(amd)\"}\n"),
            (
                "  q:\n    # one\n    archive: q.tar # two\n\n    tag: x # three\n",
                "  q:\n    # one\n    archive: q.tar # two\n    digest: \"sha256:\(amd)\"\n\n    tag: x # three\n"
            ),
            (
                "  q: {\n    archive: q.tar,\n  }\n",
                "  q: {\n    archive: q.tar,\n    digest: \"sha256:\(amd)\"\n  }\n"
            ),
            (
                "  q: {\n    archive: q.tar\n  }\n",
                "  q: {\n    archive: q.tar, digest: \"sha256:\(amd)\"\n  }\n"
            ),
            (
                "  q: { digest: pending, archive: \"ä {{ arch }}.tar\" } # ö\n",
                "  q: { digest: \"sha256:\(amd)\", archive: \"ä {{ arch }}.tar\" } # ö\n"
            ),
            (
                "  a: { archive: q.tar }\n  q: { archive: q.tar, digest: \"sha256:\(arm)\" }\n",
                "  a: { archive: q.tar }\n  q: { archive: q.tar, digest: \"sha256:\(amd)\" }\n"
            ),
        ])
    func inPlace(_ text: String, wanted: String) throws {
        #expect(try pinned(text) == wanted)
    }

    @Test("ends its line as the line before it ends")
    func lineEnds() throws {
        let lines = ["images:", "  q:", "    archive: q.tar # why", "    tag: x", "  p: { ref: a.b/c:1 }", ""]
        let wanted = Array(lines[..<3]) + ["    digest: \"sha256:\(amd)\""] + Array(lines[3...])
        var spec = try SpecText(lines.joined(separator: "\r\n"), file: "bundle.yaml")
        let digests = [Architecture.amd64: try #require(Digest(hex: amd))]
        try spec.pin("q", to: digests)
        #expect(Array(spec.text.utf8) == Array(wanted.joined(separator: "\r\n").utf8))
        var last = try SpecText("images:\r\n  q:\r\n    archive: q.tar", file: "bundle.yaml")
        try last.pin("q", to: digests)
        let whole = "images:\r\n  q:\r\n    archive: q.tar\r\n    digest: \"sha256:\(amd)\""
        #expect(Array(last.text.utf8) == Array(whole.utf8))
    }

    @Test("has a quoted key where its neighbour has one, as in JSON")
    func json() throws {
        var spec = try SpecText(#"{"images": {"q": {"archive": "q.tar"}}}"#, file: "bundle.yaml")
        let digest = try #require(Digest(hex: amd))
        try spec.pin("q", to: [.amd64: digest])
        #expect(spec.text == #"{"images": {"q": {"archive": "q.tar", "digest": "sha256:\#(amd)"}}}"#)
    }

    @Test("may be one for each architecture, over one for all and back")
    func each() throws {
        let two = "  q: { archive: q.tar, digest: { amd64: \"sha256:\(amd)\", arm64: \"sha256:\(arm)\" } }\n"
        #expect(try pinned("  q: { archive: q.tar }\n", both: true) == two)
        #expect(try pinned("  q: { archive: q.tar, digest: pending }\n", both: true) == two)
        #expect(try pinned(two) == two.replacing(arm, with: amd))
        let block = "  q:\n    archive: q.tar\n    digest:\n      amd64: pending # Intel\n      arm64: pending\n"
        let written = block.replacing("amd64: pending", with: "amd64: \"sha256:\(amd)\"")
        #expect(
            try pinned(block, both: true) == written.replacing("arm64: pending", with: "arm64: \"sha256:\(arm)\""))
        let flow = "  q:\n    archive: q.tar\n    digest: { amd64: pending, # Intel\n              arm64: pending }\n"
        #expect(try pinned(flow, both: true).contains("\", # Intel\n"))
    }

    @Test("goes to the end of a reference")
    func reference() throws {
        var spec = try SpecText("images:\n  q: { ref: a.b/c:1 } # keep\n", file: "bundle.yaml")
        try spec.pin("q", to: try #require(ImageReference("a.b/c:1@sha256:\(amd)")))
        #expect(spec.text == "images:\n  q: { ref: \"a.b/c:1@sha256:\(amd)\" } # keep\n")
    }

    @Test("is left to a person where the text has another shape")
    func other() throws {
        let text = "  q:\n    archive: q.tar\n    digest:\n      amd64: pending\n    tag: x\n"
        #expect(throws: PinError.self) { try pinned(text) }
        #expect(throws: PinError.noSuchImage("q")) { try pinned("  p: { archive: q.tar }\n") }
    }
}
