// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc

/// Turns the first Ctrl-C, or SIGTERM, into the cancellation of a piece of work, which then removes what it began.
enum Interruption {
    /// - Throws: `ExitStatus.interrupted` when the work gave way; what the work throws.
    static func cancelling<Result: Sendable>(_ work: @Sendable @escaping () async throws -> Result) async throws
        -> Result
    {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        }
        do {
            return try await task.value
        } catch is CancellationError {
            throw ExitStatus.interrupted
        }
    }
}
