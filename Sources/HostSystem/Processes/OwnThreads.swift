// SPDX-License-Identifier: Apache-2.0

/// Gives a task threads of its own: for one that waits long for a medium, and would keep one of Swift's few cooperative threads from
/// work all that time. Unlike with `OwnThread` it stays a task of its group, and is cancelled with it.
package final class OwnThreads: TaskExecutor {
    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let work: @Sendable () -> Void = { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        // Where there is no thread to be had it runs here: later, and not never.
        if !OwnThread.begin(work) { work() }
    }
}
