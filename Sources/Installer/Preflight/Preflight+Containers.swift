// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

extension Preflight {
    /// What runs images, and whose numbers they ask for.
    func runtime() -> [PreflightProblem] {
        guard !manifest.images.isEmpty else { return [] }
        let images = manifest.images.keys.sorted()
        guard facts.commands.contains("podman") else { return [.podmanMissing(images: images)] }
        // runc cannot leave the control group to systemd (decision 0022).
        var found: [PreflightProblem] = facts.commands.contains("crun") ? [] : [.commandMissing("crun")]
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key }) where service.image != nil {
            if !facts.hasUnifiedControlGroups, service.ports.values.contains(where: { $0.container != nil }) {
                found.append(.noUnifiedControlGroups(service: name))
            }
            if let user = service.user { found += taken(user, by: name) }
        }
        return found
    }

    /// A number in a container is the same number outside: whoever it belongs to there could read its data, and the other
    /// way round.
    private func taken(_ user: ContainerUser, by service: String) -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        if let name = facts.users[UInt32(user.user)], name != facts.layout.user {
            found.append(.containerUserTaken(service: service, number: user.user, name: name, isGroup: false))
        }
        if let name = facts.groups[UInt32(user.group)], name != facts.layout.user {
            found.append(.containerUserTaken(service: service, number: user.group, name: name, isGroup: true))
        }
        return found
    }
}
