// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Synchronization

@testable import EngineFakes
@testable import Installer

/// A switch without a kernel, for tests of the engine. It passes the same suite as the drivers.
final class FakeSwitch: TrafficSwitch {
    private let state = Mutex<TrafficState?>(nil)
    private let log = Mutex<[String]>([])

    /// What was asked for, in order.
    var calls: [String] { log.withLock { $0 } }

    func ensure() async throws -> Bool {
        note("ensure")
        state.withLock { if $0 == nil { $0 = TrafficState() } }
        return true
    }

    func flip(to table: TrafficTable) async throws {
        note("flip")
        try change { $0.lead(by: table) }
    }

    func hold(_ held: HeldPorts, for span: TimeSpan) async throws {
        note("hold \(held.ports)")
        try change { $0.hold(held) }
    }

    func release(_ held: HeldPorts) async throws {
        note("release \(held.ports)")
        try change { $0.release(held) }
    }

    func current() async throws -> TrafficState? { state.withLock { $0 } }

    func remove() async throws {
        note("remove")
        state.withLock { $0 = nil }
    }

    private func note(_ call: String) { log.withLock { $0.append(call) } }

    private func change(_ body: (inout TrafficState) -> Void) throws {
        try state.withLock { state in
            guard var changed = state else { throw TrafficError.refused(status: 1, message: "no table") }
            body(&changed)
            state = changed
        }
    }
}
