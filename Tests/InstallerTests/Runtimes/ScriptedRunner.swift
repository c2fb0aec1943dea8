// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization

/// Answers commands by what they begin with and notes them; what nobody expected fails.
final class ScriptedRunner: CommandRunner {
    private let answers: [(begin: String, result: CommandResult?)]
    private let asked = Mutex<[String]>([])

    /// - Parameter answers: a command's beginning, and what it says; nil for a program that is not there.
    init(_ answers: [(String, String?)]) {
        self.answers = answers.map { begin, text in
            (begin, text.map { CommandResult(status: 0, output: Array($0.utf8)) })
        }
    }

    init(failing begin: String, _ result: CommandResult) { answers = [(begin, result)] }

    var transcript: [String] { asked.withLock { $0 } }

    func run(_ command: Command) async throws -> CommandResult {
        let line = command.argv.joined(separator: " ")
        asked.withLock { $0.append(line) }
        guard let answer = answers.first(where: { line.hasPrefix($0.begin) }) else { return CommandResult(status: 1) }
        guard let result = answer.result else { throw CommandError.notFound(program: command.argv[0]) }
        return result
    }

    func run(_ command: Command, streaming input: @escaping @Sendable (any ByteSink) throws -> Void) async throws
        -> CommandResult
    { try await run(command) }
}
