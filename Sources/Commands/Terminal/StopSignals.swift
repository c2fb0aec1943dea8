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

    private let request = Mutex<StopRequest?>(nil)
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
    func arm(_ request: StopRequest) { self.request.withLock { $0 = request } }

    private func stop(_ console: Console) {
        guard let request = request.withLock({ $0 }) else {
            console.say("interrupted; nothing was changed")
            TransientRun.log?.append(.ended(ExitStatus.interrupted.rawValue))
            exit(ExitStatus.interrupted.rawValue)
        }
        switch request.ask(.operatorAsked) {
        case .undoes: console.say("stopping: everything is undone; what serves is not touched")
        case .goesOn:
            console.say(
                "the cutover has begun, so this goes on: the new release is watched, and a fault flips back by itself; "
                    + "press again to let go of it, and `bundle rollback` goes back when it has ended")
        }
    }
}
