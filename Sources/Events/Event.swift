// SPDX-License-Identifier: Apache-2.0

/// What happened, as a value. Progress on a terminal, `--json` lines and the audit log listen to the same ones, so that
/// what a person saw is what was written down.
package enum Event: Equatable, Sendable {
    /// A step of a plan begins; `total` steps in all, `index` from 0.
    case stepStarted(id: String, title: String, index: Int, total: Int)
    case stepFinished(id: String, milliseconds: Int64)
    /// A step came to nothing, so long after it began.
    case stepFailed(id: String, reason: String, milliseconds: Int64)
    case undoStarted(id: String)
    /// Work inside a step, in bytes.
    case progress(id: String, done: Int64, total: Int64)
    case healthy(service: String, milliseconds: Int64)
    /// A job ran to its good end.
    case jobDone(job: String, moment: String, milliseconds: Int64)
    /// A fact worth a line: what is waited for, what was chosen.
    case note(String)
    /// Something that an operator should know and that stops nothing.
    case warning(String)
    /// All public ports moved in one transaction.
    case trafficSwitched(slot: String, ports: Int, microseconds: Int64)
    /// New connections to these ports waited this long.
    case held(service: String, milliseconds: Int64)
    /// Open connections that ended by themselves, and those cut at the deadline.
    case drained(service: String, closed: Int, cut: Int)
}

/// Listens to events. It must not block for long and cannot fail.
package protocol EventSink: Sendable {
    func receive(_ event: Event)
}

/// Hears nothing.
package struct SilentSink: EventSink {
    package init() {}
    package func receive(_ event: Event) {}
}
