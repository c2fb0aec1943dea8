// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Synchronization

/// One end of a pipe, closed once, by whoever comes first.
final class PipeEnd: Sendable {
    private let state: Mutex<Int32>

    init(_ descriptor: Int32) { state = Mutex(descriptor) }

    deinit { closeNow() }

    var descriptor: Int32 { state.withLock { $0 } }

    func closeNow() {
        state.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Gives the descriptor away; this object closes it no more.
    func release() -> Int32 {
        state.withLock { descriptor in
            defer { descriptor = -1 }
            return descriptor
        }
    }

    static func pair() throws(SystemCallError) -> (reading: PipeEnd, writing: PipeEnd) {
        var ends: [Int32] = [-1, -1]
        guard bundle_pipe(&ends) == 0 else { throw SystemCallError(call: "pipe2", path: "", code: errno) }
        return (PipeEnd(ends[0]), PipeEnd(ends[1]))
    }
}

/// Whether the program that a run is about has ended.
final class Ended: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}
