// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SystemCommandRunnerTests {
    let runner = SystemCommandRunner()

    @Test(arguments: [(["true"], 0), (["false"], 1), (["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -9 $$"], 137)])
    func status(argv: [String], expected: Int) async throws {
        #expect(try await runner.run(Command(argv)).status == expected)
    }

    @Test func environmentIsFixed() async throws {
        let result = try await runner.run(Command(["env"], environment: ["NOTIFY": "a b"]))
        let names = result.outputText.split(separator: "\n").map { String($0.prefix { $0 != "=" }) }
        #expect(names.sorted() == ["LC_ALL", "NOTIFY", "PATH"])
        #expect(result.outputText.contains("NOTIFY=a b\n"))
    }

    @Test func bothStreamsLargerThanAnyPipe() async throws {
        let script = "head -c 9000000 /dev/zero; head -c 9000000 /dev/zero >&2; echo end >&2; exit 3"
        let result = try await runner.run(Command(["sh", "-c", script]))
        #expect(result.status == 3)
        #expect(result.output.count == 1 << 20)
        #expect(result.errors.count == 1 << 20)
    }

    @Test func inputComesBackWhole() async throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let result = try await runner.run(Command(["cat"], input: bytes))
        #expect(result.output == bytes)
    }

    @Test func noInputIsEmptyInput() async throws {
        #expect(try await runner.run(Command(["cat"])).output.isEmpty)
    }

    @Test func streamingCountsEveryByte() async throws {
        let result = try await runner.run(Command(["wc", "-c"])) { sink in
            let block = [UInt8](repeating: 1, count: 100_000)
            for _ in 0..<300 { try block.withUnsafeBytes { try sink.write($0) } }
        }
        #expect(result.outputText == "30000000\n")
    }

    @Test func programThatStopsReadingGivesItsStatus() async throws {
        let result = try await runner.run(Command(["sh", "-c", "echo no >&2; exit 5"])) { sink in
            let block = [UInt8](repeating: 1, count: 100_000)
            for _ in 0..<100 { try block.withUnsafeBytes { try sink.write($0) } }
        }
        #expect(result.status == 5)
        #expect(result.errorText == "no\n")
    }

    @Test func failedStreamKillsTheProgramBeforeItSeesAnEnd() async throws {
        let scratch = try Scratch()
        let mark = scratch.path / "saw-the-end"
        await #expect(throws: FormatError.badName("torn")) {
            _ = try await runner.run(Command(["sh", "-c", "cat >/dev/null; touch \(mark)"])) { sink in
                try [1, 2, 3].withUnsafeBytes { try sink.write($0) }
                throw FormatError.badName("torn")
            }
        }
        #expect(try !FileSystem.exists(mark))
    }

    @Test func timeoutKillsTheWholeFamily() async throws {
        await #expect(throws: CommandError.timedOut(program: "sh", seconds: 1)) {
            _ = try await runner.run(Command(["sh", "-c", "sleep 600 | sleep 600"], timeoutSeconds: 1))
        }
    }

    /// podman leaves conmon behind, which keeps the pipe open.
    @Test func whatStaysBehindIsNotWaitedFor() async throws {
        let result = try await runner.run(Command(["sh", "-c", "echo first; sleep 300 & echo $!"], timeoutSeconds: 30))
        let lines = result.outputText.split(separator: "\n")
        #expect(lines.first == "first")
        let child = try #require(lines.last)
        #expect(try await runner.run(Command(["kill", String(child)])).status == 0)
    }

    @Test func missingProgramIsNamed() async {
        await #expect(throws: CommandError.notFound(program: "no-such-program")) {
            _ = try await runner.run(Command(["no-such-program"]))
        }
    }

    @Test func fileThatIsNoProgramIsNotStarted() async throws {
        let scratch = try Scratch()
        try FileSystem.write(Array("\u{7f}ELF nonsense".utf8), to: scratch.path / "x", permissions: 0o755)
        await #expect(throws: CommandError.notStarted(program: (scratch.path / "x").text, code: 8)) {
            _ = try await runner.run(Command([(scratch.path / "x").text]))
        }
    }

    @Test func manyAtOnce() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<40 {
                group.addTask { try await runner.run(Command(["sh", "-c", "cat; exit \(index)"], input: [1])).status }
            }
            var seen: Set<Int> = []
            for try await status in group { seen.insert(status) }
            #expect(seen == Set(0..<40))
        }
    }
}
