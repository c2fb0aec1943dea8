// SPDX-License-Identifier: Apache-2.0
import Commands
import Glibc
import HostSystem
import TestSupport
import Testing

/// What a program of the system can still do that was given a stranger's files. Python stands for one that an attacker has
/// taken over: it can ask the kernel for anything.
@Suite struct ConfinedToolTests {
    static let python = SystemCommandRunner.locate("python3")
    /// The product itself: the hidden word is a part of it.
    static let program: HostPath = {
        let own = HostPath((try? FileSystem.readLink("/proc/self/exe")) ?? "")
        let beside = own.parent / "bundle"
        return FileSystem.isExecutable(beside) ? beside : ".build/debug/bundle"
    }()

    let scratch: ScratchDirectory
    let inside: HostPath
    let outside: HostPath

    init() throws {
        scratch = try ScratchDirectory()
        inside = scratch.path / "inside"
        outside = scratch.path / "outside"
        for directory in [inside, outside] {
            try FileSystem.createDirectory(directory)
            try FileSystem.write(Array("kept".utf8), to: directory / "file")
        }
    }

    /// - Returns: what it printed: `did`, or the error's number.
    private func attempt(_ act: String, confined: Bool = true) async throws -> String {
        let code = """
            import os, socket, sys
            inside, outside = sys.argv[1:3]
            \(confined ? "" : "os.chdir(inside)")
            try:
                \(act)
                print("did")
            except OSError as fault: print(fault.errno)
            except MemoryError: print("memory")
            """
        let python = try #require(Self.python)
        let tool = ConfinedTool(
            python, ["-c", code, inside.text, outside.text], writable: inside, readable: [outside],
            memoryBytes: 1 << 30, fileBytes: 1 << 20, processorSeconds: 60)
        let command =
            confined
            ? tool.command(timeoutSeconds: 300, launcher: Self.program)
            : Command([python.text] + tool.arguments, timeoutSeconds: 300)
        let result = try await SystemCommandRunner().run(command)
        return (result.outputText + result.errorText).split(separator: "\n").joined(separator: " ")
    }

    @Test func worksInItsDirectory() async throws {
        #expect(
            try await attempt("open('made', 'w').write('x'); os.rename('made', 'named'); os.unlink('file')") == "did")
        #expect(try FileSystem.list(inside) == ["named"])
        #expect(try await attempt("open(outside + '/file').read(); os.listdir(outside)") == "did")
    }

    @Test(arguments: [
        ("open('/etc/passwd').read()", "\(EACCES)"), ("os.listdir('/')", "\(EACCES)"),
        ("os.truncate(outside + '/file', 0)", "\(ENOSYS)"), ("os.chmod(inside + '/file', 0o777)", "\(ENOSYS)"),
        ("os.open(outside + '/file', os.O_RDONLY | os.O_TRUNC)", "\(EPERM)"),
        ("os.mkdir('directory')", "\(ENOSYS)"), ("os.symlink('/etc/passwd', 'link')", "\(ENOSYS)"),
        ("os.link(outside + '/file', 'link')", "\(ENOSYS)"), ("socket.socket()", "\(ENOSYS)"),
        ("socket.socketpair()", "\(ENOSYS)"), ("os.fork() or os._exit(0)", "\(EPERM)"),
        ("os.kill(os.getppid(), 0)", "\(ENOSYS)"),
        ("bytearray(2 << 30)", "memory"), ("open('large', 'wb').write(bytes(2 << 20))", "\(EFBIG)"),
    ])
    func reachesNothingElse(act: String, refusal: String) async throws {
        #expect(try await attempt(act, confined: false) == "did", "the control")
        for name in try FileSystem.list(inside) { _ = try FileSystem.removeTree(inside / name) }
        for place in [inside, outside] { try FileSystem.write(Array("kept".utf8), to: place / "file") }
        #expect(try await attempt(act) == refusal)
        #expect(try FileSystem.readAll(outside / "file", limit: 10) == Array("kept".utf8))
    }

    /// By name, and where mounts are read-only by their wall: both stand in the way here.
    @Test(arguments: ["open(outside + '/file', 'w')", "open(outside + '/new', 'w')", "os.unlink(outside + '/file')"])
    func writesNowhereElse(act: String) async throws {
        let refusals = ["\(EACCES)", "\(EROFS)"]
        #expect(try await refusals.contains(attempt(act)))
        #expect(try FileSystem.list(outside) == ["file"])
        #expect(try FileSystem.readAll(outside / "file", limit: 10) == Array("kept".utf8))
    }

    @Test func wordsOfItsOwnAreNoVerb() async throws {
        #expect(ConfinedTool(["__tool", "1", "1", "1", "/tmp", "2", "/a", "/b"]) == nil)
        #expect(ConfinedTool(["__tool", "1", "1", "1", "/tmp", "1", "/a", "/b"])?.program.text == "/b")
        let result = try await SystemCommandRunner().run(Command([Self.program.text, "__tool", "rm"]))
        #expect(result.status == ConfinedTool.notConfined)
    }
}
