// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Runs blocking work on a thread of its own, so that it never starves Swift's few cooperative threads: two commands
/// that wait for each other through a pipe would otherwise hang a machine with two cores.
enum OwnThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let started = start { continuation.resume(with: Result { try body() }) }
            if started != 0 {
                continuation.resume(throwing: SystemCallError(call: "pthread_create", path: "", code: started))
            }
        }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        if result == 0 { pthread_detach(thread) } else { work.release() }
        return result
    }
}
