// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Runs everything on the thread that calls `run`. strace counts calls by thread, so "the N-th fsync" has a meaning only where
/// nothing wanders from thread to thread; `FaultRig calls` refuses a log of several.
final class OneThread: TaskExecutor {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    private let jobs = Mutex<[UnownedJob]>([])
    private static let shared = OneThread()

    func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job)) }

    private func add(_ job: UnownedJob) { jobs.withLock { $0.append(job) } }

    /// - Parameter body: gives the exit status.
    static func run(_ body: @escaping @Sendable () async -> Int32) -> Never {
        // A `Task` without a parent has no executor of its parent's; the runtime asks this variable of its own first.
        guard let variable = dlsym(dlopen(nil, RTLD_NOW), "swift_task_enqueueGlobal_hook") else { exit(70) }
        variable.assumingMemoryBound(to: Hook?.self).pointee = { job, _ in OneThread.shared.add(job) }
        Task(executorPreference: shared) { exit(await body()) }
        while true {
            guard let job = shared.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                // Somebody else's answer is waited for; the fakes give theirs at once.
                usleep(100)
                continue
            }
            job.runSynchronously(on: shared.asUnownedTaskExecutor())
        }
    }
}
