// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension DeploymentFailure: Explained {
    var explanation: Explanation {
        switch self {
        case .undone(let step, let cause):
            var inner = Explanation.orPlain(cause)
            inner.message = "\(step.title): \(inner.message)\n  undone: what serves was not touched"
            inner.hint = inner.hint ?? "mend the cause and run it again"
            return inner
        case .rolledBack(let step, let cause, let serving):
            let inner = Explanation.orPlain(cause)
            let state = serving.map { "\($0) serves as before" } ?? "nothing is installed, as before"
            return Explanation(
                "\(step.title): \(inner.message)\n  rolled back: \(state)", hint: inner.hint,
                status: .failedAndRolledBack)
        case .stillWaits(let cause):
            if cause is StopRequest.Stopped {
                return Explanation(
                    "interrupted; nothing was changed: what waits goes on waiting, what served serves",
                    status: .interrupted)
            }
            let inner = Explanation.orPlain(cause)
            return Explanation(
                "\(inner.message)\n  nothing was changed: what waits goes on waiting, what served serves",
                hint: "mend the cause and run it again; `bundle abort` takes away what waits")
        case .stopped(let step, let reason, let serving):
            let state = serving.map { "\($0) serves as before" } ?? "nothing is installed, as before"
            switch reason {
            case .operatorAsked:
                return Explanation(
                    "interrupted (\(step.title)); everything was undone: \(state)", status: .interrupted)
            case .tooLate(let time):
                return Explanation(
                    "the cutover could not begin before \(time) (\(step.title)); everything was undone: \(state)",
                    hint: "stage it ahead of the window, or take a later --cutover-before",
                    status: .failedAndRolledBack)
            }
        case .unfinished(let step, let cause):
            return Explanation(
                "\(step.title): \(Explanation.orPlain(cause).message)\n  the new release serves",
                hint: "run `bundle recover` to finish what is left", status: .operatorNeeded)
        case .onlyForward(let step, let cause, let job):
            return Explanation(
                "\(step.title): \(Explanation.orPlain(cause).message)\n  the job \(job) has changed data for good, so the old release cannot come back",
                hint: "mend the cause, then `bundle recover` goes on from there; or restore the data from a backup",
                status: .operatorNeeded)
        case .stuck(let step, let cause, let undo):
            return Explanation(
                "\(step.title): \(Explanation.orPlain(cause).message)\n  and undoing it failed: \(Explanation.orPlain(undo).message)",
                hint: "mend what the second line names, then run `bundle recover`; `bundle status` tells what serves",
                status: .operatorNeeded)
        }
    }
}

extension Explanation {
    /// An error without words of its own is shown as it is, rather than hidden.
    static func orPlain(_ error: any Error) -> Explanation { of(error) ?? Explanation("\(error)") }
}

extension DeploymentError: Explained {
    var explanation: Explanation {
        switch self {
        case .configCheckFailed(let config, let service, let status, let output):
            Explanation(
                "config \(config) of \(service): its check ended with \(status)"
                    + (output.map(Explanation.block) ?? "; what it said is not shown, as it may quote a secret"),
                hint: "a value of the site, in /etc, or the author's template",
                status: .failedAndRolledBack)
        case .unitStartFailed(let unit, let journal):
            Explanation(
                "\(unit) did not start" + Explanation.block(journal.joined(separator: "\n")),
                hint: "the lines above are the end of its journal")
        case .imageLoadFailed(let image, let runtime, let output):
            Explanation("image \(image): \(runtime.rawValue) could not load it" + Explanation.block(output))
        case .imageDigestDiffers(let image, let expected, let found):
            Explanation("image \(image): loaded as \(found), but its ID is \(expected)")
        case .holdTooShort(let service, let milliseconds):
            Explanation(
                "\(service): not ready \(milliseconds) ms after its connections were held",
                hint: "raise the service's hold:, or find out why it starts slowly")
        case .jobFailed(let job, let moment, let result, let status, let output):
            Explanation(
                "job \(job) (at \(moment.rawValue)) failed: \(DeploymentError.words(result, status))"
                    + Explanation.block(output.joined(separator: "\n")),
                hint: "journalctl -u '*.\(job).\(moment.rawValue).*' has all of it")
        case .hostUnitNotActive(let unit, let name):
            Explanation(
                "\(name) waits for \(unit), which is not active", hint: "systemctl status \(unit); start it first")
        case .sysusersFailed(let output): Explanation("systemd-sysusers failed" + Explanation.block(output))
        case .noWayBack(let job):
            Explanation("the job \(job) has changed data for good, so what waits cannot be taken away")
        case .nothingToRehearse:
            Explanation("no blue-green service of both releases has a port that clients use, so nothing would move")
        case .lostFromOutside(let port, let isV6, let answer, let place, let opening):
            Explanation(
                "port \(port) does not answer clients (\(isV6 ? "IPv6" : "IPv4"): \(answer.words)), and the new slot itself does"
                    + (place.map { ": the firewall turns them away in \($0)" } ?? ""),
                hint: opening ?? OutsideWords.unknown)
        case .toolNotPlaced(let path): Explanation("\(path): the tool could not be put there")
        }
    }
}

extension DeploymentError {
    /// systemd.exec(5), `$SERVICE_RESULT`.
    fileprivate static func words(_ result: String, _ status: Int) -> String {
        switch result {
        case "exit-code": "exit status \(status)"
        case "signal", "core-dump": "killed by signal \(status)"
        case "timeout": "it ran out of its timeout"
        case "oom-kill": "out of memory"
        default: "\(result) (\(status))"
        }
    }
}

extension Explanation {
    /// Output of a program, indented below the message; nothing when it is empty.
    static func block(_ text: String) -> String {
        let lines = text.split(separator: "\n").suffix(20)
        return lines.isEmpty ? "" : ":\n" + lines.map { "    \($0)" }.joined(separator: "\n")
    }
}

extension Installation.IdleTrafficError: Explained {
    var explanation: Explanation {
        switch self {
        case .driverCannot:
            Explanation(
                "this host's traffic driver cannot do that",
                hint:
                    "`traffic: nftables` can rehearse, preview and canary; `traffic: haproxy` can preview and canary; "
                    + "`traffic: sockets` can do none of them")
        case .noPublicPorts:
            Explanation("no blue-green service of this release has a public port, so there is nobody to lead")
        case .nothingServes:
            Explanation(
                "nothing serves yet, so there is nobody to share",
                hint: "`bundle preview` shows what waits, to named clients")
        case .replacesServices(let names):
            Explanation(
                "\(names.joined(separator: ", ")): runs once and changes with this release; what waits runs against the old one, "
                    + "so a canary would show clients a mix that nobody will ever run",
                hint: "`bundle preview` for named clients, or `bundle promote`")
        }
    }
}

extension Deployment.Aborted: Explained {
    var explanation: Explanation { Explanation("what waited was to be taken away") }
}
