// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Installer

/// Words for what preflight finds about memory, moved state and certificates.
extension PreflightProblem {
    var sizesExplanation: Explanation? {
        switch self {
        case .memoryTooSmall(let found, let needed):
            Explanation("\(Self.size(needed)) of memory are needed, \(Self.size(found)) are here")
        case .limitsExceedMemory(let need, let found):
            Explanation(
                "both slots may take \(Self.size(need.total)) of memory, \(Self.size(found)) are here: "
                    + "\(Self.size(need.newSlot)) the new one, \(Self.size(need.oldSlot)) the old one, "
                    + "\(Self.size(need.once)) services that run once"
                    + (need.unlimited.isEmpty
                        ? "" : "; without limits.memory: \(need.unlimited.joined(separator: ", "))"),
                hint: "overcommit: true in host.yaml lets it pass")
        case .stateParentMissing(let path):
            Explanation(
                "\(path.parent) is not there, and host.yaml moves state to \(path)",
                hint: "is its file system mounted? make the directory, or mend host.yaml")
        case .stateNotOurs(let path, let user):
            Explanation(
                "\(path) is there and belongs to user \(user)",
                hint: "host.yaml moves state there: name an empty directory, or give it to the services' user")
        case .secretNotText(let id, let path):
            Explanation(
                "the secret \(id) (\(path)) holds a NUL, and a service wants it as a variable",
                hint: "it is no text: was it meant to be a file?")
        case .haproxyTooOld(let found, let needed):
            Explanation(
                "`traffic: haproxy` in host.yaml: HAProxy \(Self.dotted(needed)) or newer is needed, "
                    + (found.map { Self.dotted($0) + " is here" } ?? "none is here"),
                hint: "install the package haproxy; its own haproxy.service may stay off")
        case .driverChanges(let from, let to):
            Explanation(
                "the product serves by `traffic: \(from.rawValue)`, host.yaml now says \(to.rawValue)",
                hint: "a driver changes only while nothing serves: put \(from.rawValue) back, "
                    + "or `bundle remove` (which keeps the data) and install again")
        case .certificate(let id, let path, let fault):
            Explanation("the certificate \(id) (\(path)) \(fault.words)", hint: fault.hint(id))
        default: nil
        }
    }
}
