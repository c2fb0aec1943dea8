// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Testing

struct HostLibrariesTests {
    /// The loader's own answer, where there is one, is the measure.
    @Test func thisHost() async throws {
        let interpreter = "/lib64/ld-linux-x86-64.so.2"
        let found = HostLibraries.read(interpreters: [interpreter, "/lib/ld-musl-none.so.1"])
        let said = try await SystemCommandRunner().run(Command(["ldd", "--version"])).outputText
        let version = try #require(said.split(separator: "\n").first?.split(separator: " ").last)
        #expect(found.glibc == HostFacts.dottedNumbers(version))
        #expect(found.names.contains("libc.so.6"))
        #expect(!found.interpreters.contains("/lib/ld-musl-none.so.1"))
    }

    @Test func configuredDirectories() throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        let files: [(String, String)] = [
            ("etc/ld.so.conf", "# comment\ninclude ld.so.conf.d/*.conf\n/opt/a # behind\ninclude /etc/ld.so.conf\n"),
            ("etc/ld.so.conf.d/b.conf", "/opt/b\n"), ("etc/ld.so.conf.d/c.txt", "/opt/c\n"),
            ("opt/a/liba.so.1", ""), ("opt/b/libb.so", ""), ("opt/c/libc.so.9", ""), ("opt/b/notes", ""),
            ("usr/lib/libc.so.6", "\0GLIBC_2.2.5\0GLIBC_2.36\0GLIBC_2.4\0GLIBC_PRIVATE\0GLIBC_2."),
        ]
        for (path, text) in files {
            try FileSystem.createDirectories((root / path).parent)
            try FileSystem.write(Array(text.utf8), to: root / path)
        }
        let found = HostLibraries.read(root: root, interpreters: [])
        #expect(found.names == ["liba.so.1", "libb.so", "libc.so.6"])
        #expect(found.glibc == [2, 36])
    }

    /// Gathering itself, on a scratch root with strangers planted.
    @Test func gathering() async throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        for directory in ["etc/systemd/system", "opt/shop/x", "etc/shop/secrets", "var/lib/shop"] {
            try FileSystem.createDirectories(root / directory)
        }
        try FileSystem.write(Array("_shop:x:9:9::/:/x\n".utf8), to: root / "etc/passwd")
        try FileSystem.write([], to: root / "etc/group")
        try FileSystem.write(Array("[Unit]\n".utf8), to: root / "etc/systemd/system/shop.a.service")
        try FileSystem.write(Array("# Written by bundle and …\n".utf8), to: root / "etc/systemd/system/shop.b.service")
        try FileSystem.replaceSymlink(root / "etc/systemd/system/shop.c.service", target: "/dev/null")
        try FileSystem.write([1], to: root / "etc/shop/secrets/db", permissions: 0o644)
        let zeros = try #require(Digest(bytes: [UInt8](repeating: 0, count: 32)))
        let name = try #require(ReleaseName("shop"))
        var manifest = Manifest(
            name: name, version: try #require(Version("1.0.0")), arch: .amd64,
            tree: InstalledTree(sha256: zeros, files: 0, directories: 0, bytes: 0))
        manifest.secrets = ["db": SecretDeclaration(required: true)]
        let release = PreflightRelease(
            manifest: manifest, digest: zeros, record: nil,
            units: ["shop.a.service", "shop.b.service", "shop.c.service"], tool: manifest.version)
        let facts = try await PreflightFacts.gather(
            for: release, layout: HostLayout(root: root, product: name), host: HostFacts.gather(),
            runner: SystemCommandRunner())
        #expect(facts.foreignUnits.map(\.name) == ["shop.a.service", "shop.c.service"])
        #expect(facts.directories == [root / "opt/shop"])
        #expect(facts.user?.name == "_shop")
        #expect(!facts.isUserOurs)
        #expect(!facts.wasHere)
        #expect(facts.secrets["db"]?.permissions == 0o644)
        #expect(Set(facts.volumes.map(\.volume.id)).count == 1)
    }
}
