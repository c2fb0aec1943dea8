// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import HostSystem
import Testing
import YAMLDocuments

@testable import Bundler

struct SpecRecipeTests {
    private func recipe(_ shop: ReleaseWorkshop, arch: Architecture = .amd64, docs: String) throws -> ReleaseRecipe {
        let text = """
            spec: 1
            name: shop
            arch: [amd64]
            binaries: [ { from: "out/{{ arch }}/server", as: server } ]
            files: [ { from: web, to: web } ]
            docs: \(docs)
            services:
              web: { run: ["{{ bin }}/server"], ports: { http: { port: 8080 } }, health: [ { tcp: http } ] }
            """
        let spec = try BundleSpec.decode(YAMLDocument.parse(Array(text.utf8), file: "bundle.yaml"))
        let version = try #require(Version("1.0.0"))
        return try ReleaseRecipe(spec, version: version, arch: arch, directory: shop.sources)
    }

    @Test func aSpecBecomesABundle() async throws {
        let shop = try ReleaseWorkshop()
        try shop.put("out/amd64/server", "#!/bin/sh\n")
        try shop.put("web/index.html", "hello")
        for name in ["UPGRADE", "CHANGELOG", "MORE", ".HIDDEN"] { try shop.put("docs/\(name).md", name) }
        let recipe = try recipe(
            shop, docs: "{ upgrade: docs/UPGRADE.md, changelog: docs/CHANGELOG.md, more: [docs/*.md] }")
        _ = try await shop.build(recipe, shop.request())
        let out = shop.root / "out"
        try FileSystem.createDirectory(out)
        #expect(try await shop.run("tar", "-C", out.text, "-xf", (shop.root / "out.bundle").text).status == 0)
        let manifest = try ManifestDocument.decode(try FileSystem.readAll(out / "manifest.json", limit: 1 << 20))
        #expect(manifest.docs.upgrade?.text == "docs/UPGRADE.md")
        #expect(manifest.docs.more.map(\.text) == ["docs/MORE.md"])
        #expect(manifest.executables.map(\.path.text) == ["bin/server"])
        #expect(try FileSystem.list(out / "docs") == ["CHANGELOG.md", "MORE.md", "UPGRADE.md"])
    }

    @Test func whatTheDiskLacksIsNamedWithItsPlaceInTheSpec() async throws {
        let shop = try ReleaseWorkshop()
        try shop.put("web/index.html", "hello")
        let recipe = try recipe(shop, docs: "{ more: [notes/*.txt] }")
        let error = await #expect(throws: BundlerError.self) { try await shop.build(recipe, shop.request()) }
        guard case .sources(let problems)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(problems.map(\.fact) == [.noMatch, .missing])
        #expect(problems.map(\.place) == ["bundle.yaml:6:16", "bundle.yaml:4:21"])
        #expect(problems.last?.path == (shop.sources / "out/amd64/server").text)
    }

    @Test func anArchitectureThatTheSpecDoesNotListIsRefused() throws {
        let shop = try ReleaseWorkshop()
        #expect(throws: BundlerError.architectureNotInSpec(.arm64, spec: [.amd64])) {
            try recipe(shop, arch: .arm64, docs: "{}")
        }
    }

    @Test(arguments: [
        ("a.md", "*.md", true), ("a.md", "?.md", true), ("ab.md", "?.md", false), ("a.mdx", "*.md", false),
        ("", "*", true), ("abcbc", "a*bc", true), ("abcb", "a*bc", false), ("x", "", false),
        (String(repeating: "a", count: 200), String(repeating: "*a", count: 60) + "b", false),
    ])
    func patternsMatchAsAShellReadsThem(text: String, pattern: String, fits: Bool) {
        #expect(PathPattern.fits(Array(text.utf8)[...], Array(pattern.utf8)[...]) == fits)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_700_000_000, "2023-11-14T22:13:20Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func timesAreSpelledByTheCalendar(seconds: Int64, text: String) {
        #expect(CreationTime.text(seconds) == text)
    }
}
