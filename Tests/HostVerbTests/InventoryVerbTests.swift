// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import Reporting
import Testing
import Trust

/// `create --base INVENTORY` and `plan --against INVENTORY`, by exit statuses and by what they leave on disk.
@Suite final class InventoryVerbTests {
    let root: HostPath
    let host: SigningKey
    static let program = String(repeating: "program", count: 10_000)

    init() async throws {
        root = try FileSystem.createTemporaryDirectory()
        host = try SigningKey.generate()
        try put(
            "bundle.yaml",
            """
            spec: 1
            name: t
            arch: [amd64]
            binaries: [{from: x}]
            files: [{from: page, to: page}]
            services: {a: {run: ["{{ bin }}/x"]}}

            """)
        try put("x", Self.program)
        try put("page", "two")
        try FileSystem.write(host.publicKey.file, to: root / "host.pub")
        #expect(await run("key", "generate", "-o", path("k.key"), "--no-password") == 0)
    }

    deinit { _ = try? FileSystem.removeTree(root) }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }
    private func path(_ name: String) -> String { (root / name).text }
    private func put(_ name: String, _ text: String) throws {
        try FileSystem.write(Array(text.utf8), to: root / name)
    }

    /// Of a host that has the program.
    private func inventory(_ name: String = "a.inventory", _ change: (inout Inventory) -> Void = { _ in }) throws {
        var inventory = Inventory(
            product: try #require(ReleaseName("t")), arch: .amd64, host: host.publicKey.fingerprint, hostName: "h",
            wallSeconds: 1_795_240_800, tool: Version(major: 99, minor: 0, patch: 0), kernel: "6.1.0", memory: 1 << 30)
        inventory.systemd = 252
        inventory.nft = "1.0.6"
        inventory.commands = ["systemctl", "systemd-run", "systemd-sysusers", "nft", "ip"]
        inventory.rooms = [Inventory.Room(bytes: 1 << 30, places: [.opt, .var])]
        inventory.releases = [
            Inventory.Release(version: Version(major: 1, minor: 0, patch: 0), digest: .ofBytes([1]), standing: .active)
        ]
        inventory.contents = [.ofBytes(Array(Self.program.utf8)): Int64(Self.program.utf8.count)]
        change(&inventory)
        try FileSystem.write(inventory.bytes, to: root / name)
        let signature = try DocumentSigning.sign(inventory.bytes, as: .inventory, comment: "x", with: host)
        try FileSystem.write(signature, to: root / "\(name).minisig")
    }

    private func create(_ output: String, _ more: String...) async -> Int32 {
        await Entry.run(
            [
                "create", "2.0.0", "--spec", path("bundle.yaml"), "--arch", "amd64", "--key", path("k.key"), "-o",
                path(output), "--codec", "raw", "--pubkey", path("k.pub"), "--host-key", path("host.pub"),
            ] + more)
    }

    private func plan(_ bundle: String, _ inventory: String = "a.inventory") async -> Int32 {
        await run(
            "plan", path(bundle), "--against", path(inventory), "--pubkey", path("k.pub"), "--host-key",
            path("host.pub"))
    }

    @Test func leavesOutWhatTheHostHas() async throws {
        try inventory()
        #expect(await create("full.bundle") == 0)
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 0)
        let size = { (name: String) in try FileSystem.status(self.root / name)?.size ?? 0 }
        #expect(try size("delta.bundle") * 2 < size("full.bundle"))
        #expect(await plan("delta.bundle") == 0)
        #expect(await plan("full.bundle") == 0)
    }

    /// `diff INVENTORY BUNDLE`.
    @Test func showsWhatTheHostLacks() async throws {
        try inventory()
        #expect(await create("full.bundle") == 0)
        let diff = { (old: String, new: String, more: [String]) in
            await Entry.run(
                ["diff", self.path(old), self.path(new), "--pubkey", self.path("k.pub"), "--exit-code"] + more)
        }
        let host = ["--host-key", path("host.pub")]
        #expect(await diff("a.inventory", "full.bundle", host) == 12)
        #expect(await diff("a.inventory", "full.bundle", host + ["--json"]) == 12)
        #expect(await diff("a.inventory", "full.bundle", []) == 3, "a host that nobody believes")
        #expect(await diff("full.bundle", "a.inventory", host) == 64)
        try inventory { $0.contents[.ofBytes(Array("two".utf8))] = 3 }
        #expect(await diff("a.inventory", "full.bundle", host) == 0)
        try inventory { $0.arch = .arm64 }
        #expect(await diff("a.inventory", "full.bundle", host) == 64)
    }

    @Test func believesNoOtherHost() async throws {
        try inventory()
        try FileSystem.rename(root / "a.inventory.minisig", to: root / "away")
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 3)
        try FileSystem.write(try SigningKey.generate().publicKey.file, to: root / "host.pub")
        try FileSystem.rename(root / "away", to: root / "a.inventory.minisig")
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 3)
        try FileSystem.write(host.publicKey.file, to: root / "host.pub")
        var bytes = try FileSystem.readAll(root / "a.inventory", limit: 1 << 20)
        bytes[bytes.count - 2] ^= 1
        try FileSystem.write(bytes, to: root / "a.inventory")
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 3)
        try inventory { $0.arch = .arm64 }
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 64)
        #expect(try !FileSystem.exists(root / "delta.bundle"))
    }

    @Test func plansForWhatTheHostIs() async throws {
        try inventory()
        #expect(await create("delta.bundle", "--base", path("a.inventory")) == 0)
        try inventory { $0.contents = [:] }
        #expect(await plan("delta.bundle") == 10, "the content is gone")
        try inventory { $0.rooms = [Inventory.Room(bytes: 1000, places: [.opt, .var])] }
        #expect(await plan("delta.bundle") == 1, "no room")
        try inventory { $0.commands.remove("ip") }
        #expect(await plan("delta.bundle") == 1, "a program less")
        try inventory { $0.kernel = "4.19.0" }
        #expect(await plan("delta.bundle") == 1)
        try inventory { $0.floor = Version(major: 3, minor: 0, patch: 0) }
        #expect(await plan("delta.bundle") == 3, "a downgrade")
        try inventory { $0.product = ReleaseName("u") ?? $0.product }
        #expect(await plan("delta.bundle") == 64)
        #expect(await run("plan", path("delta.bundle"), "--pubkey", path("k.pub")) == 64, "without --against")
    }
}
