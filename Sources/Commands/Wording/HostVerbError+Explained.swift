// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Installer

extension HostVerbError: Explained {
    var explanation: Explanation {
        switch self {
        case .notRoot(let verb):
            return Explanation("\(verb) changes this host and needs root", hint: "run it as root, or through sudo")
        case .nothingInstalled:
            return Explanation(
                "nothing is installed on this host", hint: "`bundle install BUNDLE`", status: .noSuchRelease)
        case .severalProducts(let names):
            return Explanation(
                "several products are installed: \(names.joined(separator: ", "))", hint: "name the one you mean",
                status: .usage)
        case .noSuchProduct(let name, let installed):
            let there = installed.isEmpty ? "nothing is installed" : "installed: \(installed.joined(separator: ", "))"
            return Explanation("no product \(name) is installed here", hint: there, status: .noSuchRelease)
        case .noSuchRelease(let product, let asked, let held):
            let there =
                held.isEmpty
                ? "this host holds no other release of \(product)" : "it holds \(held.joined(separator: ", "))"
            return Explanation("\(product): no \(asked) to go back to", hint: there, status: .noSuchRelease)
        case .preflight(let problems):
            let words = problems.map(\.explanation)
            let lines = words.map { "  - \($0.message)" + ($0.hint.map { ": \($0)" } ?? "") }
            // Trust weighs most: a downgrade is refused as such, whatever else is wrong with the host.
            let status =
                words.map(\.status).contains(.refusedByTrust) ? ExitStatus.refusedByTrust : .failedNothingChanged
            return Explanation(
                "this host is not ready; nothing was changed:\n" + lines.joined(separator: "\n"),
                hint: "mend all of them, then run it again", status: status)
        case .waiting(let product, let version):
            return Explanation(
                "\(product) \(version) is ready and waits; nothing else can begin before that has ended",
                hint: "`bundle promote \(product)` switches over to it, `bundle abort \(product)` takes it away")
        case .nothingWaits(let product):
            return Explanation(
                "no release of \(product) waits to be promoted", hint: "`bundle install BUNDLE --until ready`",
                status: .noSuchRelease)
        case .nothingToRehearse(let product):
            return Explanation(
                "nothing of \(product) serves yet, so there is no cutover to prove",
                hint: "a first installation moves nobody: `bundle install`")
        case .rehearsalFailed(let figures):
            return Explanation(
                "the rehearsal of \(figures.version) failed: \(figures.failures) of \(figures.connections) connections; "
                    + "\(figures.serving) serves as before",
                hint: "the record is below /var/lib/bundle/\(figures.name)/rehearsals")
        case .notWatched(let product, let output):
            return Explanation(
                "\(product): the canary cannot be watched, so it ends within 20 s" + Explanation.block(output))
        case .noUnit(let text):
            return Explanation(
                "systemd did not start a unit for the work: \(text)", hint: "`systemctl status`; nothing was changed")
        case .nothingFollowed(let name):
            return Explanation(
                name.map { "no run of \($0) is under way" } ?? "no run is under way",
                hint: "`bundle history` tells how the last ones ended", status: .noSuchRelease)
        case .notHeld(let product, let version, let held):
            let there = held.isEmpty ? "nothing of it is here" : "here are \(held.joined(separator: ", "))"
            return Explanation(
                "\(product) \(version) is neither staged nor installed here", hint: "\(there); `bundle stage BUNDLE`",
                status: .noSuchRelease)
        case .notInEvidence(let product, let version):
            return Explanation(
                "\(product) \(version): its signed list of files names another manifest than the one here",
                hint: "what was kept of it was changed; stage it again from the medium", status: .damaged)
        case .tooLate(let text):
            return Explanation(
                "\(text) has passed, so the cutover could not begin before it; nothing was changed",
                hint: "a time is the next one within 12 hours, by this machine's clock and zone")
        case .needsYes(let verb):
            return Explanation(
                "\(verb) has no way back, and without a terminal nobody can be asked; nothing was changed",
                hint: "say --yes", status: .usage)
        case .notLogged(let verb, let message):
            return Explanation(
                "\(verb) is done, but the audit log could not be written: \(message)",
                hint: "mend that, and note down by hand that it was done", status: .operatorNeeded)
        case .notAsked(let verb): return Explanation("\(verb) was not confirmed; nothing was changed")
        }
    }
}

extension LockError: Explained {
    var explanation: Explanation {
        switch self {
        case .held(_, let holder):
            let who = holder.map { "`bundle \($0.verb)`, process \($0.process)," } ?? "another run"
            return Explanation(
                "\(who) is at work on this host", hint: "`bundle status --follow` shows it to its end", status: .locked)
        }
    }
}
