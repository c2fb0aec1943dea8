// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer

extension RecordError: Explained {
    /// Nothing is restored: what somebody changed is evidence, and what the log said is in receipts that were exported.
    private static func putAside(_ log: HostPath) -> String {
        "keep it as evidence: `mv \(log) \(log).broken`; the next verb begins a new one. `bundle receipts export` first "
            + "carries out what is there"
    }

    var explanation: Explanation {
        let restore = "what runs goes on running; docs/operations.md says how to restore the record"
        return switch self {
        case .stateUnreadable(let path):
            Explanation("\(path): not a state record of this version", hint: restore, status: .operatorNeeded)
        case .stateDamaged(let path, _, _):
            Explanation("\(path): damaged, its checksum does not match", hint: restore, status: .operatorNeeded)
        case .stateNotUnderstood(let path):
            Explanation(
                "\(path): written by another version of bundle", hint: "use that version", status: .operatorNeeded)
        case .stateGone(let path):
            Explanation("\(path): gone, though a release serves", hint: restore, status: .operatorNeeded)
        case .stateMoved(let path, _, _): Explanation("\(path): another run changed it meanwhile", hint: "run it again")
        case .chainBroken(let path, let line):
            Explanation(
                "\(path): line \(line) is not the one that was written",
                hint: path == HostLayout.auditLog(root: "/") ? RecordError.putAside(path) : restore,
                status: .operatorNeeded)
        case .operationOpen:
            Explanation("an earlier run did not end", hint: "run `bundle recover`", status: .operatorNeeded)
        case .journalWithoutHeader(let path):
            Explanation("\(path): does not begin with what was intended", hint: restore, status: .operatorNeeded)
        case .noAddressIndexLeft: Explanation("63 products are installed here; there is no address left for another")
        }
    }
}

extension InstalledSourceError: Explained {
    var explanation: Explanation {
        switch self {
        case .damaged(let path, _, let found):
            Explanation(
                "\(path): not the file that was installed (it hashes to \(found.short))",
                hint:
                    "`bundle prune --keep 1` takes releases that do not serve off the disk; then install it from its medium",
                status: .damaged)
        }
    }
}

extension TrafficError: Explained {
    var explanation: Explanation {
        switch self {
        case .refused(_, let message): Explanation("nft refused the rules" + Explanation.block(message))
        case .noAddress(let address, let message):
            Explanation("\(address) could not be put on lo" + Explanation.block(message))
        case .proxyRefused(let message):
            Explanation("the proxy in front refused what it was told" + Explanation.block(message))
        case .unreadable(let text): Explanation("what nft or the proxy in front listed was not understood: \(text)")
        }
    }
}

extension UnitError: Explained {
    var explanation: Explanation {
        switch self {
        case .badText(let unit, let text):
            Explanation("\(unit): a value holds what a unit cannot: \(text)", status: .specWrong)
        case .badProgram(let unit, let program):
            Explanation(
                "\(unit): \(program.isEmpty ? "no program" : program) is not an absolute path", status: .specWrong)
        case .unknownException(let unit, let name):
            Explanation("\(unit): sandbox.allow has no exception \(name)", status: .specWrong)
        case .badDirective(let unit, let section, let directive):
            Explanation("\(unit): unit.\(section).\(directive) cannot be set", status: .specWrong)
        case .badSecretName(let unit, let id):
            Explanation("\(unit): the secret \(id) cannot be handed over under this name", status: .specWrong)
        case .jobFailed(let verb, let unit, let status, let message):
            Explanation("systemctl \(verb) \(unit) ended with \(status)" + Explanation.block(message))
        case .unreadable(let unit, let property): Explanation("systemd did not say \(property) of \(unit)")
        }
    }
}
