// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// Memory for two slots. A host that runs out of it in the middle of an installation kills what it likes: the release that
/// serves as well.
extension Preflight {
    func memory() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        // The kernel keeps some of a machine's memory to itself: one that was sold with 8 GiB reports 7.7.
        if let needed = manifest.requires.memory, facts.host.memoryBytes < needed - needed / 16 {
            found.append(.memoryTooSmall(found: facts.host.memoryBytes, needed: needed))
        }
        if exceedsMemory, !release.overcommit {
            found.append(.limitsExceedMemory(release.memory, found: facts.host.memoryBytes))
        }
        return found
    }

    /// Limits are ceilings, and what runs now counts in what is available: this only warns.
    func memoryWarnings() -> [PlanWarning] {
        if exceedsMemory { return [.limitsExceedMemory(needed: release.memory.total, found: facts.host.memoryBytes)] }
        guard let available = facts.availableMemory, release.memory.additional > available else { return [] }
        return [.memoryTight(needed: release.memory.additional, available: available)]
    }

    private var exceedsMemory: Bool {
        facts.host.memoryBytes > 0 && release.memory.total > facts.host.memoryBytes
    }
}
