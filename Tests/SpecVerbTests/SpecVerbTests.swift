// SPDX-License-Identifier: Apache-2.0
import Commands
import HostSystem
import TestSupport
import Testing

/// `init`, `lint` and `create` by their exit statuses and by what they leave on disk.
@Suite struct SpecVerbTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func write(_ name: String, _ text: String) throws -> String {
        try scratch.write(name, Array(text.utf8)).text
    }

    @Test func lintsAndRefuses() async throws {
        let bad = try write("bad.yaml", "spec: 1\nname: twin\nservces: {}\n")
        let unbuilt = try write(
            "later.yaml", "spec: 1\nname: t\narch: [amd64]\ninclude: [x]\nservices: {a: {run: [x]}}\n")
        let broken = try write("broken.yaml", "spec: [1\n")
        for spec in [bad, unbuilt, broken, (scratch.path / "none.yaml").text] {
            #expect(await run("lint", spec) == 78)
            #expect(await run("create", "v1.0.0", "--spec", spec, "--unsigned") == 78)
        }
        #expect(await run("lint", bad, "--json") == 78)
        #expect(await run("create", "one", "--spec", bad, "--unsigned") == 64)
    }

    /// A recipient that is not taken is refused before anything is built; one that is opens what was made.
    @Test func encryptsForWhoIsNamed() async throws {
        let spec = try write(
            "bundle.yaml", "spec: 1\nname: t\narch: [amd64]\nbinaries: [{from: x}]\nservices: {a: {run: [x]}}\n")
        _ = try write("x", "#!/bin/sh\n")
        let output = (scratch.path / "t.bundle.age").text
        func create(_ recipient: String) async -> Int32 {
            await run(
                "create", "v1.0.0", "--spec", spec, "--arch", "amd64", "--unsigned", "-o", output, "--codec", "raw",
                "--encrypt-to", recipient)
        }
        let identity = (scratch.path / "identity.txt").text
        #expect(await run("key", "identity", "-o", identity) == 0)
        let text = try FileSystem.readAll(HostPath(identity), limit: 4096)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        let recipient = try #require(lines.first?.split(separator: " ").last.map(String.init))
        for refused in [lines[1], identity, "age1pq1abc", "ssh-ed25519 AAAA", "age1yubikey1abc", recipient + "q"] {
            #expect(await create(refused) == 64)
        }
        #expect(await create("age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya") == 3)
        #expect(try FileSystem.exists(HostPath(output)) == false)
        #expect(await create(try write("recipients.txt", "# us\n\(recipient)\n")) == 0)
        let file = try FileSystem.readAll(HostPath(output), limit: 1 << 20)
        #expect(file.starts(with: "age-encryption.org/v1\n-> X25519 ".utf8))
        // Unsigned, and proven so only behind the identity.
        #expect(await run("inspect", output, "--identity", identity, "--pubkey", "/nonexistent") == 1)
        #expect(await run("verify", output, "--identity", identity) == 3)
        // What exists is not written over.
        #expect(await create(recipient) == 1)
    }

    @Test func namesFilesThatAreMissing() async throws {
        let spec = try write(
            "bundle.yaml", "spec: 1\nname: t\narch: [amd64]\nbinaries: [{from: none}]\nservices: {a: {run: [x]}}\n")
        #expect(await run("lint", spec, "--spec-only") == 0)
        #expect(await run("lint", spec) == 78)
        _ = try write("none", "#!/bin/sh\n")
        #expect(await run("lint", spec) == 0)
    }

    @Test func checksTemplates() async throws {
        let spec = try write(
            "bundle.yaml",
            "spec: 1\nname: t\narch: [amd64]\nservices: {a: {run: [x, \"{{ listne.http }}\"], ports: {http: {port: 1}}}}\n"
        )
        #expect(await run("lint", spec, "--spec-only") == 0)
        #expect(await run("lint", spec) == 78)
    }

    @Test func draftsWhatLintAccepts() async throws {
        let directory = scratch.path.text
        _ = try write("index.html", "hello")
        #expect(await run("init", directory, "--dry-run") == 0)
        #expect(try FileSystem.list(scratch.path) == ["index.html"])
        #expect(await run("init", directory) == 0)
        let spec = scratch.path / "bundle.yaml"
        let draft = try FileSystem.readAll(spec, limit: 4096)
        #expect(await run("lint", spec.text) == 0)
        #expect(await run("init", directory) == 1)
        #expect(try FileSystem.readAll(spec, limit: 4096) == draft)
        #expect(await run("init", spec.text) == 64)
    }
}
