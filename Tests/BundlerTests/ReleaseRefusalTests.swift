// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Bundler
import Configuration
import HostSystem
import PackStorage
import Testing
import YAMLDocuments

struct ReleaseRefusalTests {
    @Test func everythingThatIsWrongIsNamedAtOnce() async throws {
        let shop = try ReleaseWorkshop()
        try shop.put("ok", "x")
        try shop.put("web/*.html", "x")
        try FileSystem.replaceSymlink(shop.sources / "web/out", target: "../../../etc/passwd")
        try FileSystem.replaceSymlink(shop.sources / "web/abs", target: "/etc/passwd")
        try FileSystem.replaceSymlink(shop.sources / "web/climb", target: "a/../../../x")
        try FileSystem.createDirectory(shop.sources / "void")
        #expect(try await shop.run("mkfifo", (shop.sources / "web/pipe").text).status == 0)
        let recipe = try shop.recipe([
            shop.source("nothing", "bin/nothing", .program), shop.source("web", "share/web", .tree),
            shop.source("web", "bin/web", .program), shop.source("void", "share/void", .tree),
            shop.source("ok", "share/ok", .file), shop.source("ok", "share/ok", .file),
        ])
        let error = await #expect(throws: BundlerError.self) { try await shop.build(recipe, shop.request()) }
        func problem(_ source: String, _ path: String, _ fact: SourceProblem.Fact) -> SourceProblem {
            SourceProblem(place: "bundle.yaml:\(source)", path: (shop.sources / path).text, fact: fact)
        }
        #expect(
            error
                == .sources([
                    problem("nothing", "nothing", .missing), problem("web", "web/*.html", .badPath),
                    problem("web", "web/abs", .linkLeaves(target: "/etc/passwd")),
                    problem("web", "web/climb", .linkLeaves(target: "a/../../../x")),
                    problem("web", "web/out", .linkLeaves(target: "../../../etc/passwd")),
                    problem("web", "web/pipe", .specialFile), problem("web", "web", .directory),
                    problem("void", "void", .emptyDirectory), problem("ok", "ok", .pathTaken(by: "bundle.yaml:ok")),
                ]))
        #expect(try shop.leftovers == [])
    }

    @Test func aProgramForAnotherMachineIsRefused() async throws {
        let shop = try ReleaseWorkshop()
        try shop.put("server", ELFBuilder(machine: 183).bytes)
        let recipe = try shop.recipe([shop.source("server", "bin/server", .program)])
        await #expect(
            throws: BundlerError.sources([
                SourceProblem(
                    place: "bundle.yaml:server", path: (shop.sources / "server").text,
                    fact: .wrongArchitecture(found: .arm64))
            ])
        ) { try await shop.build(recipe, shop.request()) }
    }

    @Test func whatStandsThereStays() async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        try FileSystem.write([1], to: shop.root / "out.bundle")
        await #expect(throws: BundlerError.outputExists(shop.root / "out.bundle")) {
            try await shop.build(recipe, shop.request())
        }
        // Also when it comes to be while we work.
        let late = shop.root / "late.bundle"
        let hook = StepHook(id: "write") { _ = try? FileSystem.write([2], to: late) }
        await #expect(throws: BundlerError.outputExists(late)) {
            try await shop.build(recipe, shop.request("late.bundle"), events: hook)
        }
        #expect(try FileSystem.readAll(late, limit: 10) == [2])
        #expect(try shop.leftovers == ["late.bundle", "out.bundle"])
        await #expect(throws: BundlerError.noOutputDirectory(shop.root / "no")) {
            try await shop.build(recipe, shop.request("no/x.bundle"))
        }
    }

    @Test(arguments: [("pack", "web/noise"), ("write", "notes.md")])
    func sourcesMayNotChangeMeanwhile(step: String, file: String) async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        let path = shop.sources / file
        let hook = StepHook(id: step) {
            var bytes = (try? FileSystem.readAll(path, limit: 1 << 20)) ?? []
            bytes[bytes.count - 1] ^= 1
            _ = try? FileSystem.write(bytes, to: path)
        }
        let error = await #expect(throws: (any Error).self) {
            try await shop.build(recipe, shop.request(), events: hook)
        }
        switch step {
        case "pack": #expect(error as? PackError == .sourceChanged(path: "share/web/noise"))
        default: #expect(error as? BundlerError == .changedWhileWriting(path: path.text))
        }
        #expect(try shop.leftovers == [])
    }

    @Test(arguments: ["collect", "pack", "write"])
    func aCancelledRunLeavesNothing(step: String) async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        let hook = StepHook(id: step) { withUnsafeCurrentTask { $0?.cancel() } }
        let run = Task { try await shop.build(recipe, shop.request(), events: hook) }
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(try shop.leftovers == [])
    }

    @Test(arguments: ["-1", "1.5", "tomorrow", "99999999999999", "007"])
    func aBadSourceDateIsAnError(text: String) async throws {
        let shop = try ReleaseWorkshop()
        var request = shop.request()
        request.sourceDate = text
        let recipe = try shop.fill()
        await #expect(throws: BundlerError.badSourceDate(text)) { try await shop.build(recipe, request) }
    }

    private func configured(_ shop: ReleaseWorkshop, template: String, defaults: String) throws -> ReleaseRecipe {
        try shop.put("app.conf", template)
        try shop.put("values.yaml", defaults)
        try shop.put("schema.json", #"{"required": ["site"], "properties": {"port": {"type": "integer"}, "site": {}}}"#)
        var recipe = try shop.recipe([
            shop.source("app.conf", "templates/app.conf", .file),
            shop.source("values.yaml", "values/defaults.yaml", .file),
            shop.source("schema.json", "values/schema.json", .file),
        ])
        let paths = try ["templates/app.conf", "values/defaults.yaml", "values/schema.json"].map {
            try #require(ReleasePath($0))
        }
        let declare = recipe.manifest
        recipe.manifest = { tree in
            var manifest = declare(tree)
            manifest.config["app.conf"] = ConfigTemplate(template: paths[0])
            manifest.values = ValueDocuments(defaults: paths[1], schema: paths[2])
            return manifest
        }
        return recipe
    }

    @Test func templatesAndDefaultsAreCheckedBeforeThereIsASite() async throws {
        let shop = try ReleaseWorkshop()
        let sound = try configured(shop, template: "{{ values.port }} {{ values.site }}\n", defaults: "port: 80\n")
        _ = try await shop.build(sound, shop.request("sound.bundle"))
        let misspelt = try configured(shop, template: "a\n{{ values.prot }}\n", defaults: "port: 80\n")
        let template = await #expect(throws: ConfigurationError.self) {
            try await shop.build(misspelt, shop.request())
        }
        guard case .template(let problems)? = template else { return #expect(Bool(false), "\(template as Any)") }
        #expect(problems.map(\.file) == [(shop.sources / "app.conf").text])
        #expect(problems.map(\.line) == [2])
        let wrong = try configured(shop, template: "", defaults: "port: eighty\n")
        let values = await #expect(throws: ConfigurationError.self) { try await shop.build(wrong, shop.request()) }
        guard case .values(let found)? = values else { return #expect(Bool(false), "\(values as Any)") }
        #expect(found.map { $0.place?.line } == [1])
        #expect(try shop.leftovers == ["sound.bundle"])
    }

    @Test func nothingToCarryIsAnError() async throws {
        let shop = try ReleaseWorkshop()
        await #expect(throws: BundlerError.empty) { try await shop.build(try shop.recipe([]), shop.request()) }
    }
}
