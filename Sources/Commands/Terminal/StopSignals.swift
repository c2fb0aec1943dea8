// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import HostRecords
import Installer
import Synchronization

/// Ctrl-C and SIGTERM, where the work is done. Before an installation has begun they end the program; until its cutover
/// they undo it; from there on they change nothing (cli §3.4).
final class StopSignals: Sendable {
    static let shared = StopSignals()

    private struct State {
        var request: StopRequest?
        var goesOn = StopSignals.behindCutover
        var ends: (@Sendable () -> Void)?
    }

    static let behindCutover =
        "the cutover has begun, so this goes on: the new release is watched, and a fault flips back by itself; "
        + "press again to let go of it, and `bundle rollback` goes back when it has ended"

    private let state = Mutex(State())
    /// Written once, before any work.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    /// From now on signals are ours.
    func listen(_ console: Console) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { self.stop(console) }
            source.resume()
            return source
        }
    }

    /// The installation that is to be stopped by them.
    /// - Parameter goesOn: what is said when it cannot be stopped any more.
    func arm(_ request: StopRequest, goesOn: String = StopSignals.behindCutover) {
        state.withLock {
            $0.request = request
            $0.goesOn = goesOn
        }
    }

    /// What is done before they end the program, as long as nothing has begun that could be undone.
    func whenItEndsThere(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.ends = work } }

    private func stop(_ console: Console) {
        let (request, goesOn, ends) = state.withLock { ($0.request, $0.goesOn, $0.ends) }
        guard let request else {
            ends?()
            console.say("interrupted; nothing was changed")
            TransientRun.log?.append(.ended(ExitStatus.interrupted.rawValue))
            exit(ExitStatus.interrupted.rawValue)
        }
        switch request.ask(.operatorAsked) {
        case .undoes: console.say("stopping: everything is undone; what serves is not touched")
        case .goesOn: console.say(goesOn)
        }
    }
}
