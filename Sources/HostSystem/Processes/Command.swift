// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A program to run, as a value that tests compare. There is no shell anywhere.
package struct Command: Equatable, Sendable {
    /// The program, found in a fixed search path, and its arguments.
    package var argv: [String]
    /// Given to its standard input, which is empty otherwise.
    package var input: [UInt8]
    /// Set beside a small fixed environment (PATH, LC_ALL=C.UTF-8), or beside the caller's.
    package var environment: [String: String]
    package var surroundings: Surroundings
    /// It is killed and the run fails after this many seconds.
    package var timeoutSeconds: Int

    package init(
        _ argv: [String], input: [UInt8] = [], environment: [String: String] = [:], timeoutSeconds: Int = 90,
        surroundings: Surroundings = .fixed
    ) {
        self.argv = argv
        self.input = input
        self.environment = environment
        self.timeoutSeconds = timeoutSeconds
        self.surroundings = surroundings
    }

    /// What a program finds around it.
    package enum Surroundings: Equatable, Sendable {
        /// A small fixed environment, `/`, a session without a terminal; its errors are collected.
        case fixed
        /// The caller's environment, directory and terminal, where it may ask for a PIN; its errors are seen as they
        /// come. For programs that the caller named.
        case callers
    }
}

/// How a program ended. A status other than 0 is a result, not an error: the caller decides.
package struct CommandResult: Equatable, Sendable {
    /// The exit status, or 128 + the signal's number.
    package var status: Int
    /// At most the first MiB of each.
    package var output: [UInt8]
    package var errors: [UInt8]

    package init(status: Int, output: [UInt8] = [], errors: [UInt8] = []) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    package var outputText: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs commands. Drivers build `Command` values, one real runner runs them, tests script a fake.
package protocol CommandRunner: Sendable {
    /// Throws `CommandError` only when the program could not be found, started, or ended in time.
    func run(_ command: Command) async throws -> CommandResult
    /// Streams `input` into the program's standard input as it is produced.
    func run(_ command: Command, streaming input: @Sendable @escaping (any ByteSink) throws -> Void) async throws
        -> CommandResult
}

package enum CommandError: Error, Equatable, Sendable {
    case notFound(program: String)
    case notStarted(program: String, code: Int32)
    case timedOut(program: String, seconds: Int)
}
