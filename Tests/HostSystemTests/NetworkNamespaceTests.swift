// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Synchronization
import Testing

@testable import HostSystem

struct NetworkNamespaceTests {
    /// A pool starts its threads from whichever thread hands it work, and they are born in that one's namespace. Addresses
    /// read there are not the host's, and `nft` would write where nobody looks.
    @Test(.enabled(if: geteuid() == 0, "makes namespaces"))
    func nobodyHandsWorkToThePoolFromInside() async throws {
        let home = place()
        let witness = WitnessingExecutor()
        try await withTaskExecutorPreference(witness) {
            let namespace = try await NetworkNamespace.create()
            #expect(try await namespace.run { place() } != home)
            await #expect(throws: CancellationError.self) { try await namespace.run { throw CancellationError() } }
        }
        #expect(witness.seen.withLock { $0 } == [home])
    }
}

/// The network namespace of the thread that asks.
private func place() -> String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self/ns/net")) ?? "unknown"
}

/// Notes from where it is given work.
private final class WitnessingExecutor: TaskExecutor {
    let seen = Mutex<Set<String>>([])
    private let queue = DispatchQueue(label: "witness")

    func enqueue(_ job: consuming ExecutorJob) {
        seen.withLock { _ = $0.insert(place()) }
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
