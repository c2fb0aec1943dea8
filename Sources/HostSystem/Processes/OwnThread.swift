// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Runs blocking work on a thread of its own, so that it never starves Swift's few cooperative threads: two commands
/// that wait for each other through a pipe would otherwise hang a machine with two cores.
enum OwnThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            var thread = pthread_t()
            let started = start(&thread) { continuation.resume(with: Result { try body() }) }
            if started == 0 {
                pthread_detach(thread)
            } else {
                continuation.resume(throwing: SystemCallError(call: "pthread_create", path: "", code: started))
            }
        }
    }

    /// The same for work that leaves the thread in another namespace: it ends before anybody hears of it.
    ///
    /// Whoever resumes a task hands work to the pool, the pool starts threads from there, and a thread is born where its
    /// parent is (namespaces(7)): later work, which knows nothing of this, would find itself inside.
    static func runApart<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await run {
            let answer = Answer<Value>()
            var thread = pthread_t()
            let started = start(&thread) { answer.result.withLock { $0 = Result { try body() } } }
            guard started == 0 else { throw SystemCallError(call: "pthread_create", path: "", code: started) }
            pthread_join(thread, nil)
            guard let result = answer.result.withLock({ $0 }) else {
                throw SystemCallError(call: "pthread_join", path: "", code: ESRCH)
            }
            return try result.get()
        }
    }

    /// - Returns: false when there is no thread to be had, and nothing was begun.
    static func begin(_ body: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        guard start(&thread, body) == 0 else { return false }
        pthread_detach(thread)
        return true
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    private static func start(_ thread: inout pthread_t, _ body: @escaping @Sendable () -> Void) -> Int32 {
        let work = Unmanaged.passRetained(Work(body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if result != 0 { work.release() }
        return result
    }
}
