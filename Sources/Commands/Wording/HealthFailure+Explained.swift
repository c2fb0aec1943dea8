// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension HealthFailure: Explained {
    var explanation: Explanation {
        var text = "\(service): \(reasonWords)"
        if let check {
            text += "\n  check   \(check.probe.words)" + (check.passes > 1 ? ", \(check.passes) times in a row" : "")
        }
        if let answer { text += "\n  answer  \(answer.words)" }
        if let state { text += "\n  unit    \(unit): \(state.active) (\(state.sub)), result \(state.result)" }
        if !journal.isEmpty { text += "\n  journal" + Explanation.block(journal.joined(separator: "\n")) }
        return Explanation(text, hint: hint)
    }

    private var hint: String {
        let journal = "journalctl -u \(unit)"
        guard case .holdOver = reason else { return "\(journal) has all of it" }
        return "raise the service's hold:, or find out what took so long: the times above, and \(journal)"
    }

    private var reasonWords: String {
        switch reason {
        case .deadline(let span): "not healthy within \(span)"
        case .holdOver(let hold, let left): "not healthy when its hold of \(hold) was over, \(left) after its start"
        case .unitFailed: "its unit failed"
        case .unitStopped: "it stopped by itself"
        case .unitRestarted(let times): "systemd had to start it again (\(times) times)"
        case .listensWider(let port, let address, let program):
            "\(program ?? "it") listens on \(address):\(port), wider than it was told; bind: any would allow it"
        case .checkFailed: "it was healthy and is not any more"
        }
    }
}
