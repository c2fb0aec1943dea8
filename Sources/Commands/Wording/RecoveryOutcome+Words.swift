// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

extension Recoverer.Outcome {
    /// What recovery did, in one line; nil when there was nothing to do.
    var words: String? {
        switch self {
        case .nothing, .ready: nil
        case .rulesPutBack: "the traffic rules were not what they should be; they are put back"
        // These have no way back and need none (host-state §5.6).
        case .undone("stage", _): "stage had died; what it left was removed, and nothing that serves was touched"
        case .undone("prune", _): "prune had died; nothing that serves was touched; run it again"
        case .undone(let verb, let step): "\(verb) had died at \(step); the old release serves"
        case .finished("remove"): "remove had died before its end; it was finished, and the product is gone"
        case .finished(let verb): "\(verb) had died after its cutover; the new release serves"
        case .postponed(let verb):
            "\(verb) had died while the new release was watched; it is watched again after the boot"
        }
    }

    /// For programs.
    var word: String {
        switch self {
        case .nothing: "nothing"
        case .ready: "ready"
        case .rulesPutBack: "rules_put_back"
        case .undone: "undone"
        case .finished: "finished"
        case .postponed: "postponed"
        }
    }

    /// How a run ended that died and whose recovery this is (cli §3.4).
    var statusOfRun: ExitStatus {
        switch self {
        case .nothing, .ready, .rulesPutBack: .failedNothingChanged
        case .undone: .failedAndRolledBack
        case .finished: .done
        case .postponed: .operatorNeeded
        }
    }
}
