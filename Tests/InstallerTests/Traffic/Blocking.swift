// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Blocking work on a thread of its own.
enum Blocking {
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { done in
            DispatchQueue(label: "blocking").async { done.resume(with: Result { try body() }) }
        }
    }
}
