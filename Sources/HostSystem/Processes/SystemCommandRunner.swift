// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Glibc
import Subprocess
import SystemPackage

/// Runs programs for real: no shell, a fixed search path, a fixed environment, a session of their own (so that a
/// terminal's Ctrl-C reaches us and never the `podman pull` that we are in the middle of), a time limit.
package struct SystemCommandRunner: CommandRunner {
    /// Where programs are looked for, whatever PATH the operator has.
    package static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    package init() {}

    /// The file that a name stands for; a name with `/` stands for itself.
    package static func locate(_ program: String) -> HostPath? {
        let places = program.contains("/") ? [HostPath(program)] : searchPath.map { HostPath($0) / program }
        return places.first { FileSystem.isExecutable($0) }
    }

    package func run(_ command: Command) async throws -> CommandResult {
        let input = command.input
        guard !input.isEmpty else { return try await run(command, feed: nil) }
        return try await run(command) { sink in try input.withUnsafeBytes { try sink.write($0) } }
    }

    package func run(_ command: Command, streaming input: @Sendable @escaping (any ByteSink) throws -> Void)
        async throws -> CommandResult
    {
        try await run(command, feed: input)
    }

    private typealias Feed = @Sendable (any ByteSink) throws -> Void

    private func run(_ command: Command, feed: Feed?) async throws -> CommandResult {
        let name = command.argv.first ?? ""
        guard let program = SystemCommandRunner.locate(name) else { throw CommandError.notFound(program: name) }
        let output = try PipeEnd.pair()
        let errors = try PipeEnd.pair()
        let input = try feed.map { _ in try PipeEnd.pair() }
        let running = RunningProgram()

        async let outputBytes = OwnThread.run { try ProgramOutput.collect(output.reading, until: running.ended) }
        async let errorBytes = OwnThread.run { try ProgramOutput.collect(errors.reading, until: running.ended) }
        async let fed = OwnThread.run { SystemCommandRunner.feed(feed, into: input?.writing, running) }

        let ending: Result<Int, any Error>
        do {
            let pipes = ProgramPipes(input: input?.reading, output: output.writing, errors: errors.writing)
            ending = .success(try await spawn(command, program, pipes, running))
        } catch {
            ending = .failure(error)
        }
        running.finished()
        let feedFault = try await fed
        let result = CommandResult(
            status: try Self.settled(ending, name), output: try await outputBytes, errors: try await errorBytes)
        if running.timedOut { throw CommandError.timedOut(program: name, seconds: command.timeoutSeconds) }
        if let feedFault { throw feedFault }
        return result
    }

    private func spawn(_ command: Command, _ program: HostPath, _ pipes: ProgramPipes, _ running: RunningProgram)
        async throws -> Int
    {
        var options = PlatformOptions()
        options.createSession = command.surroundings == .fixed
        var environment: [Environment.Key: String] = [:]
        for (key, value) in command.wholeEnvironment { environment[Environment.Key(stringLiteral: key)] = value }
        let configuration = Configuration(
            executable: .path(FilePath(program.text)), arguments: Arguments(Array(command.argv.dropFirst())),
            environment: .custom(environment), workingDirectory: command.surroundings == .fixed ? "/" : nil,
            platformOptions: options)
        let result = try await Subprocess.run(
            configuration,
            input: .fileDescriptor(try pipes.takeInput(), closeAfterSpawningProcess: true),
            output: .fileDescriptor(pipes.takeOutput(), closeAfterSpawningProcess: true),
            error: .fileDescriptor(try pipes.takeErrors(command.surroundings), closeAfterSpawningProcess: true)
        ) { execution in
            running.started(execution.processIdentifier.value, timeoutSeconds: command.timeoutSeconds)
        }
        switch result.terminationStatus {
        case .exited(let code): return Int(code)
        case .signaled(let signal): return 128 + Int(signal)
        }
    }

    /// - Returns: why the feeding failed, unless the program itself stopped reading: then its status says why.
    private static func feed(_ feed: Feed?, into end: PipeEnd?, _ running: RunningProgram) -> (any Error)? {
        guard let feed, let end else { return nil }
        defer { end.closeNow() }
        do {
            let sink = try ProgramInput(end, ended: running.ended)
            do {
                try feed(sink)
            } catch {
                if sink.refused { return nil }
                throw error
            }
            return nil
        } catch {
            // Killed before its input ends, even when it has not started yet: half an image must not look like a
            // whole one.
            running.kill()
            while !running.ended.isSet { usleep(2000) }
            return error
        }
    }

    private static func settled(_ ending: Result<Int, any Error>, _ name: String) throws -> Int {
        do {
            return try ending.get()
        } catch let error as SubprocessError {
            throw CommandError.notStarted(program: name, code: error.underlyingError?.rawValue ?? ENOEXEC)
        }
    }
}

extension Command {
    fileprivate var wholeEnvironment: [String: String] {
        var all = ["PATH": SystemCommandRunner.searchPath.joined(separator: ":"), "LC_ALL": "C.UTF-8"]
        if surroundings == .callers {
            all = [:]
            var next = environ
            while let line = next.pointee {
                let parts = String(cString: line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
                next += 1
            }
        }
        return all.merging(environment) { _, given in given }
    }
}

/// The program's own ends of its three pipes, handed over when it is spawned.
private struct ProgramPipes {
    let input: PipeEnd?
    let output: PipeEnd
    let errors: PipeEnd

    func takeInput() throws -> FileDescriptor {
        guard let input else { return try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec) }
        return FileDescriptor(rawValue: input.release())
    }

    func takeOutput() -> FileDescriptor { FileDescriptor(rawValue: output.release()) }

    func takeErrors(_ surroundings: Command.Surroundings) throws -> FileDescriptor {
        guard surroundings == .callers else { return FileDescriptor(rawValue: errors.release()) }
        errors.closeNow()
        return try FileDescriptor(rawValue: STDERR_FILENO).duplicate()
    }
}
