// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostRecords
import HostSystem
import Reporting
import Testing

@testable import EngineFakes
@testable import Installer

/// Ways around a comparison that looks at files by their names alone.
@Suite struct AuditEvasionTests {
    private func below(_ audited: AuditedHost, _ path: HostPath) -> String {
        String(path.text.dropFirst(audited.root.text.count))
    }

    @Test func aNameThatIsNoTextHidesNoOther() async throws {
        let audited = try await AuditedHost()
        let bin = audited.release / "bin"
        // `caf` and a byte that is no UTF-8.
        let name = Array("\(bin)/caf".utf8).map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xe9), 0]
        close(creat(name, 0o644))
        try audited.write("x", bin / "web", permissions: 0o755)
        let path = below(audited, bin)
        #expect(
            await audited.findings() == ["files-unexpected \(path)/caf\\xe9", "files-changed \(path)/web"])
        unlink(name)
    }

    @Test func fileCapabilitiesAreNamedAndTakenOff() async throws {
        let audited = try await AuditedHost()
        let web = audited.release / "bin/web"
        // Of libcap2-bin; a file system that keeps no capabilities has nothing to find.
        let set = try await SystemCommandRunner().run(Command(["setcap", "cap_net_raw+ep", web.text]))
        guard set.status == 0 else { return }
        #expect(await audited.findings() == ["files-mode \(below(audited, web))"])
        let (sheet, repair) = try await audited.audit().repair()
        #expect(audited.names(sheet) == [])
        #expect(repair.mended.count == 1)
    }

    // MARK: - What systemd made of a unit

    struct Manager: CommandRunner {
        let answers: [String: String]

        func run(_ command: Command) async throws -> CommandResult {
            CommandResult(status: 0, output: Array((answers[command.argv[1]] ?? "").utf8))
        }
        func run(_ command: Command, streaming input: @escaping @Sendable (any ByteSink) throws -> Void) async throws
            -> CommandResult
        { CommandResult(status: 1) }
    }

    @Test(arguments: [
        ("", "", []),
        (" alias.service", "", ["units-unexpected alias.service"]),
        (
            "", "/etc/systemd/system/alias.service.d/x.conf",
            [
                "drop-ins-unexpected /etc/systemd/system/alias.service.d/x.conf"
            ]
        ),
    ]) func anAliasAndItsDropInsAreNamed(names: String, dropIns: String, found: [String]) async throws {
        let product = try #require(ReleaseName("lake"))
        let sheet = AuditSheet()
        let shown = """
            Id=lake.web.blue.service
            Names=lake.web.blue.service\(names)
            LoadState=loaded
            FragmentPath=/etc/systemd/system/lake.web.blue.service
            DropInPaths=\(dropIns)
            NeedDaemonReload=no

            Id=lake.target
            Names=lake.target
            FragmentPath=/etc/systemd/system/lake.target

            """
        await ManagerComparer(
            layout: HostLayout(product: product), sheet: sheet, runner: Manager(answers: ["show": shown])
        ).compare(["lake.web.blue.service", "lake.target"])
        #expect(sheet.findings.map { "\($0.code) \($0.place)" } == found)
    }

    @Test func aUnitOfAnotherFileAndALibraryForAllAreNamed() async throws {
        let product = try #require(ReleaseName("lake"))
        let sheet = AuditSheet()
        await ManagerComparer(
            layout: HostLayout(product: product), sheet: sheet,
            runner: Manager(answers: [
                "show": "Id=lake.target\nFragmentPath=/run/evil.target\n",
                "show-environment": "LANG=C\nLD_PRELOAD=/tmp/x.so\n",
            ])
        ).compare(["lake.target"])
        #expect(
            sheet.findings.map { "\($0.code) \($0.place)" }
                == ["units-unexpected systemd's environment, LD_PRELOAD", "units-unexpected /run/evil.target"])
    }

    // MARK: - Main processes

    @Test(arguments: [
        ("/opt/web", "/usr/bin/evil", false), ("/usr/bin/java -jar x", "/usr/bin/java", true),
        ("/usr/bin/java", "/usr/bin/javac", false), ("/script", "/usr/bin/dash", true),
        ("/script", "/usr/bin/sleep", true), ("/script", "/usr/bin/nc", false),
        ("\"/usr/bin/java\" \"a b\"", "/usr/bin/java", true),
    ]) func aHostProgramIsOneThatTheUnitNames(line: String, program: String, isNamed: Bool) throws {
        let root = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(root) }
        for name in ["java", "javac", "dash", "sleep", "nc", "evil"] {
            try FileSystem.createDirectories(root / "usr/bin")
            try FileSystem.write([], to: root / "usr/bin" / name)
        }
        try FileSystem.createDirectories(root / "bin")
        try FileSystem.createDirectories(root / "opt")
        try FileSystem.replaceSymlink(root / "bin/sh", target: "../usr/bin/dash")
        try FileSystem.write(Array("#!/bin/sh\nexec sleep 1000\n".utf8), to: root / "script")
        try FileSystem.write(Array("ELF nc".utf8), to: root / "opt/web")
        let named = NamedPrograms(root: root, unit: "[Service]\nExecStart=:\(line)\n")
        #expect(named.allow((root / program).text) == isNamed)
    }

    // MARK: - Advice

    @Test(arguments: [
        ("/opt/a", "/opt/a"), ("/opt/a b", "'/opt/a b'"), ("/opt/$(reboot)", "'/opt/$(reboot)'"),
        ("/opt/a'b", "'/opt/a'\\''b'"), ("/opt/a\nb", nil), ("/opt/a\u{202e}b", nil), ("-rf", "'-rf'"), ("", "''"),
    ]) func pathsAreWordsOfAShell(path: String, word: String?) { #expect(PastedCommand.word(path) == word) }
}
