// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension HealthFailure: Explained {
    var explanation: Explanation {
        var text = "\(service): \(reasonWords)"
        if let check {
            text +=
                "\n  check   \(Self.words(check.probe))" + (check.passes > 1 ? ", \(check.passes) times in a row" : "")
        }
        if let answer { text += "\n  answer  \(Self.words(answer))" }
        if let state { text += "\n  unit    \(unit): \(state.active) (\(state.sub)), result \(state.result)" }
        if !journal.isEmpty { text += "\n  journal" + Explanation.block(journal.joined(separator: "\n")) }
        return Explanation(text, hint: "journalctl -u \(unit) has all of it")
    }

    private var reasonWords: String {
        switch reason {
        case .deadline(let span): "not healthy within \(span)"
        case .unitFailed: "its unit failed"
        case .unitStopped: "it stopped by itself"
        case .unitRestarted(let times): "systemd had to start it again (\(times) times)"
        case .listensWider(let port, let address, let program):
            "\(program ?? "it") listens on \(address):\(port), wider than it was told; bind: any would allow it"
        case .checkFailed: "it was healthy and is not any more"
        }
    }

    private static func words(_ probe: HealthCheck.Probe) -> String {
        switch probe {
        case .http(let port, let path, let status, let body, _):
            "GET \(path) on \(port) must answer \(status)" + (body.map { " with \($0) in its body" } ?? "")
        case .tcp(let port): "\(port) must accept a connection"
        case .exec(let command): "\(command.joined(separator: " ")) must exit with 0"
        case .notify: "the program must say READY=1"
        case .alive(let duration): "it must run \(duration) without a restart"
        }
    }

    private static func words(_ answer: ProbeAnswer) -> String {
        switch answer {
        case .http(let status, let body): "status \(status)" + (body.isEmpty ? "" : ": \(body.prefix(200))")
        case .connected: "connected"
        case .refused: "connection refused"
        case .reset: "connection reset"
        case .closed: "closed before the answer was whole"
        case .timedOut: "no answer in time"
        case .malformed: "something that is not HTTP"
        case .fault(let code): "system error \(code)"
        case .exited(let status, let output):
            "exit status \(status)" + (output.isEmpty ? "" : ": \(output.prefix(200))")
        case .notRun(let why): "could not be run: \(why)"
        case .unit(let active, let sub): "unit \(active) (\(sub))"
        }
    }
}
