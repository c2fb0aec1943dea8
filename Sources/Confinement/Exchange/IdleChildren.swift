// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Children that have nothing to do at the moment, kept from one piece of work to the next. Each is in here, or in the hands
/// of one task.
final class IdleChildren: Sendable {
    private struct Handed: @unchecked Sendable {
        let child: ConfinedChild
    }

    private let idle = Mutex<[Handed]>([])
    private let start: @Sendable () throws -> ConfinedChild

    init(start: @escaping @Sendable () throws -> ConfinedChild) { self.start = start }

    /// One that is idle, or else a new one.
    func take() throws -> ConfinedChild {
        try idle.withLock { $0.popLast() }?.child ?? start()
    }

    /// One that has been given nothing yet.
    func takeNew() throws -> ConfinedChild { try start() }

    /// - Parameter child: in step, and with no work.
    func giveBack(_ child: ConfinedChild) {
        let handed = Handed(child: child)
        idle.withLock { $0.append(handed) }
    }

    func endAll() { idle.withLock { $0 = [] } }
}
