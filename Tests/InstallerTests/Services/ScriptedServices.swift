// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization

@testable import Installer

/// An init system that a test writes: each unit goes through its states, one a look, and stays in the last.
final class ScriptedServices: ServiceManager {
    struct Script {
        var states: [String: [UnitState]] = [:]
        var journals: [String: [String]] = [:]
        /// What a journal holds at first, and then what each look at it finds.
        var pages: [String: [[String]]] = [:]
        /// Results of tasks in order; the last one stays.
        var results: [CommandResult] = []
        /// Units whose start fails, with what systemd says.
        var failingStarts: [String: String] = [:]
        /// What starts with a unit.
        var whenStarted: (@Sendable (String) async throws -> Void)?
        var calls: [String] = []
        var tasks: [TransientTask] = []
    }

    private let script: Mutex<Script>

    init(_ script: Script = Script()) { self.script = Mutex(script) }

    /// What was asked for, in order: `start UNIT`, `stop UNIT`, …
    var calls: [String] { script.withLock { $0.calls } }
    var tasks: [TransientTask] { script.withLock { $0.tasks } }

    func change(_ body: (inout Script) -> Void) { script.withLock { body(&$0) } }

    func daemonReload() async throws { note("daemon-reload") }

    func start(_ unit: String) async throws {
        note("start \(unit)")
        if let message = script.withLock({ $0.failingStarts[unit] }) {
            throw UnitError.jobFailed(verb: "start", unit: unit, status: 1, message: message)
        }
        script.withLock { if $0.states[unit] == nil { $0.states[unit] = [.running] } }
        try await script.withLock { $0.whenStarted }?(unit)
    }

    func startNoBlock(_ units: [String]) async throws { for unit in units { note("queue \(unit)") } }

    func stop(_ unit: String, timeout: TimeSpan) async throws {
        note("stop \(unit)")
        script.withLock { $0.states[unit] = nil }
    }

    func state(of unit: String) async throws -> UnitState {
        script.withLock { script in
            guard var states = script.states[unit], let state = states.first else {
                return UnitState(load: "not-found", active: "inactive", sub: "dead")
            }
            if states.count > 1 { states.removeFirst() }
            script.states[unit] = states
            return state
        }
    }

    func journalTail(_ unit: String, lines: Int) async throws -> [String] {
        Array(script.withLock { $0.journals[unit] ?? [] }.suffix(lines))
    }

    func journalEnd(of unit: String) async throws -> String? {
        script.withLock { $0.pages[unit]?.isEmpty == false ? "c1" : nil }
    }

    func journal(of unit: String, after cursor: String?) async throws -> JournalPage {
        script.withLock { script in
            let place = cursor.flatMap { Int($0.dropFirst()) } ?? 0
            let pages = script.pages[unit] ?? []
            return place < pages.count
                ? JournalPage(messages: pages[place], cursor: "c\(place + 1)") : JournalPage(cursor: cursor)
        }
    }

    func resetFailed(_ unit: String) async throws { note("reset-failed \(unit)") }

    func units(matching pattern: String) async throws -> [String] { script.withLock { $0.states.keys.sorted() } }

    func enable(_ unit: String) async throws { note("enable \(unit)") }

    func run(_ task: TransientTask) async throws -> CommandResult {
        script.withLock { script in
            script.tasks.append(task)
            guard let result = script.results.first else { return CommandResult(status: 0) }
            if script.results.count > 1 { script.results.removeFirst() }
            return result
        }
    }

    private func note(_ call: String) { script.withLock { $0.calls.append(call) } }
}

extension UnitState {
    static let running = UnitState(active: "active", sub: "running", mainPID: 7, invocation: "a")
}
