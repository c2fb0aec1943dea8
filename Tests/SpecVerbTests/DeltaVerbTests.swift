// SPDX-License-Identifier: Apache-2.0
import Commands
import HostSystem
import TestSupport
import Testing

/// `create --base`, and what looks into a delta, by exit statuses and by what they leave on disk.
@Suite struct DeltaVerbTests {
    let scratch: ScratchDirectory
    let spec: String
    var key: String { (scratch.path / "x.key").text }
    var pub: String { (scratch.path / "x.pub").text }

    init() async throws {
        scratch = try ScratchDirectory()
        spec =
            try scratch.write(
                "bundle.yaml",
                Array(
                    """
                    spec: 1
                    name: t
                    arch: [amd64]
                    binaries: [{from: x}]
                    files: [{from: page, to: page}]
                    services: {a: {run: ["{{ bin }}/x"]}}

                    """.utf8)
            ).text
        try put("x", String(repeating: "program", count: 10_000))
        try put("page", "one")
        #expect(await run("key", "generate", "-o", key, "--no-password") == 0)
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }
    private func path(_ name: String) -> String { (scratch.path / name).text }
    private func put(_ name: String, _ text: String) throws { _ = try scratch.write(name, Array(text.utf8)) }

    private func create(_ version: String, _ name: String, _ more: String...) async -> Int32 {
        await Entry.run(
            ["create", version, "--spec", spec, "--arch", "amd64", "--key", key, "-o", path(name), "--codec", "raw"]
                + more)
    }

    @Test func leavesOutWhatTheBaseHas() async throws {
        #expect(await create("1.0.0", "one.bundle") == 0)
        try put("page", "two")
        #expect(await create("2.0.0", "two.bundle") == 0)
        #expect(await create("2.0.0", "delta.bundle", "--base", path("one.bundle"), "--pubkey", pub) == 0)
        let size = { (name: String) in try FileSystem.status(scratch.path / name)?.size ?? 0 }
        #expect(try size("delta.bundle") * 2 < size("two.bundle"))
        #expect(await run("verify", path("delta.bundle"), "--pubkey", pub) == 0)
        #expect(await run("inspect", path("delta.bundle"), "--pubkey", pub, "--json") == 0)
        #expect(await run("extract", path("delta.bundle"), "share", "-C", path("out"), "--pubkey", pub) == 0)
        #expect(try FileSystem.readAll(scratch.path / "out/share/page", limit: 10) == Array("two".utf8))
        #expect(await run("extract", path("delta.bundle"), "-C", path("all"), "--pubkey", pub) == 10)
        #expect(try !FileSystem.exists(scratch.path / "all"))
        // One on the other: what it has and what it needs itself are there.
        #expect(await create("3.0.0", "third.bundle", "--base", path("delta.bundle"), "--pubkey", pub) == 0)
        #expect(try size("third.bundle") < size("delta.bundle"))
    }

    @Test func believesNoBaseThatNobodyBelievedSigned() async throws {
        #expect(await create("1.0.0", "one.bundle") == 0)
        #expect(await run("key", "generate", "-o", path("y.key"), "--no-password") == 0)
        #expect(await create("2.0.0", "two.bundle", "--base", path("one.bundle"), "--pubkey", path("y.pub")) == 3)
        try put("junk", "junk")
        #expect(await create("2.0.0", "two.bundle", "--base", path("junk"), "--pubkey", pub) == 65)
        try put("bundle.yaml", "spec: 1\nname: u\narch: [amd64]\nbinaries: [{from: x}]\nservices: {a: {run: [x]}}\n")
        #expect(await create("2.0.0", "two.bundle", "--base", path("one.bundle"), "--pubkey", pub) == 64)
        #expect(try !FileSystem.exists(scratch.path / "two.bundle"))
    }

    /// What has nothing of its base is a full bundle, byte for byte.
    @Test func isFullWhereNothingIsShared() async throws {
        #expect(await create("1.0.0", "one.bundle") == 0)
        try put("x", "other")
        try put("page", "two")
        #expect(await create("2.0.0", "two.bundle") == 0)
        #expect(await create("2.0.0", "delta.bundle", "--base", path("one.bundle"), "--pubkey", pub) == 0)
        let bytes = { (name: String) in try FileSystem.readAll(scratch.path / name, limit: 1 << 20) }
        #expect(try bytes("two.bundle") == bytes("delta.bundle"))
    }
}
