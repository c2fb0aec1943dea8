// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension PlanWarning {
    var words: String {
        switch self {
        case .downgrade(let from, let to): "this is a downgrade: \(to) is older than \(from), which serves"
        case .limitsExceedMemory(let needed, let found):
            "the limits of both slots add up to \(size(needed)) of memory, and \(size(found)) are here"
        case .memoryTight(let needed, let available):
            "what is to start may take \(size(needed)) of memory, and \(size(available)) are available now"
        case .stateMoves(let use, let from, let to):
            "\(use) moves from \(from) to \(to); what is there is not moved along"
        case .secretsShown(let runtime, let services):
            "\(services.joined(separator: ", ")): secrets as variables are shown by `\(runtime.rawValue) inspect` and stand in its files "
                + "while the container runs; as files they are not"
        case .unseenFromOutside(let ports, let place, let opening):
            "\(OutsideWords.ports(ports)) not reached from a namespace of ours\(place.map { ": dropped in \($0)" } ?? ""). Rules that "
                + "name interfaces or senders may let clients in; if they do not"
                + (opening.map { ": \($0)" } ?? ", look at the host's firewall")
        case .noViewFromOutside:
            "public ports cannot be asked from outside: this machine has no network namespaces for us"
        case .certificate(let id, let notice): "the certificate \(id) \(notice.words)"
        case .clockUnbelievable(let now):
            "this machine's clock says \(UTCTime(now)), which cannot be: whether certificates are in date is not known"
        }
    }

    private func size(_ bytes: Int64) -> String { PreflightProblem.size(bytes) }
}
