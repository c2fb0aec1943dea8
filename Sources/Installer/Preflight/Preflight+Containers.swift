// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

extension Preflight {
    /// What runs images, and whose numbers they ask for.
    func runtime() -> [PreflightProblem] {
        guard !manifest.images.isEmpty else { return [] }
        guard let report = release.runtime else { return [] }
        var found = problems(of: report)
        for (name, service) in manifest.services.sorted(by: { $0.key < $1.key }) where service.image != nil {
            if report.runtime == .docker, service.health.contains(where: { $0.probe == .notify }) {
                found.append(.runtimeNotifiesNobody(.docker, service: name))
            }
            if !facts.hasUnifiedControlGroups, service.ports.values.contains(where: { $0.container != nil }) {
                found.append(.noUnifiedControlGroups(service: name))
            }
            if let user = service.user { found += taken(user, by: name) }
        }
        return found
    }

    /// What its site may want to know before it says yes.
    func runtimeWarnings() -> [PlanWarning] {
        guard let report = release.runtime, report.runtime == .docker else { return [] }
        let services = manifest.services.filter { _, service in
            service.image != nil && service.secrets.contains { $0.delivery == .environment }
        }
        return services.isEmpty ? [] : [.secretsShown(.docker, services: services.keys.sorted())]
    }

    /// One line for a runtime that cannot be used: what is asked of it beyond that would be guessing.
    private func problems(of report: RuntimeReport) -> [PreflightProblem] {
        let oldest = RuntimeReport.oldest(report.runtime)
        switch report.state {
        case .missing:
            return [
                .runtimeMissing(
                    report.runtime, isWanted: release.isRuntimeWanted, images: manifest.images.keys.sorted())
            ]
        case .silent(let said): return [.runtimeSilent(report.runtime, said: said)]
        case .answers(let version) where Preflight.isOlder(version, than: oldest):
            return [.runtimeTooOld(report.runtime, found: version, needed: oldest)]
        case .answers: break
        }
        switch report.runtime {
        // runc cannot leave the control group to systemd (decision 0020).
        case .podman: return facts.commands.contains("crun") ? [] : [.commandMissing("crun")]
        case .docker: return report.badGroups.map { [.runtimeGroups(.docker, found: $0)] } ?? []
        // It runs what containerd unpacks, in our unit's part of the unified hierarchy.
        case .containerd:
            let groups: [PreflightProblem] =
                facts.hasUnifiedControlGroups ? [] : [.runtimeGroups(.containerd, found: "cgroup v1")]
            return (facts.commands.contains("runc") ? [] : [.commandMissing("runc")]) + groups
        }
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
