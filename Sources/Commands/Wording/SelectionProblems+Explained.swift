// SPDX-License-Identifier: Apache-2.0
import Installer

extension SelectionProblems: Explained {
    var explanation: Explanation {
        Explanation(
            problems.map(\.words).joined(separator: "\n"),
            hint: "what belongs to this host is said in /etc/NAME/host.yaml and values.yaml; docs/values.md explains",
            status: .specWrong)
    }
}

extension SelectionProblem {
    fileprivate var words: String {
        switch self {
        case .rolesNotSaid(let known):
            "host.yaml does not say what this host is for; roles: one or more of \(known.joined(separator: ", "))"
        case .conditionNotBoolean(let service, let value):
            "services.\(service).when: values.\(value) is neither true nor false"
        case .networkNotSaid(let network, let about):
            "host.yaml does not say where the network \(network) is (\(about)); networks: { \(network): [ADDRESSES] }"
        }
    }
}
