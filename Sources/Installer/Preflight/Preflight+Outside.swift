// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem

/// What clients would meet, looked at with listeners of ours behind the ports before anything is changed.
extension Preflight {
    func outside() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        for (use, port) in release.ports.sorted(by: { $0.key < $1.key }) {
            if let rule = facts.rewrites[port] { found.append(.portRewritten(port: port, use: use, rule: rule)) }
        }
        let ports = missed.filter { !excused($0) }
        if let first = ports.first, let report = facts.outside {
            let answer = report.missed.first { $0.port == first.number }?.answer ?? .timedOut
            found.append(
                .blockedFromOutside(
                    ports: ports.map(\.number), answer: answer, place: report.block?.place,
                    opening: report.block?.opening(ports)))
        }
        return found
    }

    func outsideWarnings() -> [PlanWarning] {
        guard let report = facts.outside else { return [.noViewFromOutside] }
        let ports = missed.filter { excused($0) }
        guard !ports.isEmpty else { return [] }
        return [
            .unseenFromOutside(
                ports: ports.map(\.number), place: report.block?.place, opening: report.block?.opening(ports))
        ]
    }

    private var missed: [OutsidePort] {
        let numbers = Set(facts.outside?.missed.map(\.port) ?? [])
        return release.publicPorts.filter { numbers.contains($0.number) }.sorted { $0.number < $1.number }
    }

    /// A rule that names interfaces or senders says nothing of clients; and a port that was served behind this firewall
    /// before is the site's own affair.
    private func excused(_ port: OutsidePort) -> Bool {
        let served =
            release.record.map { $0.active != nil && $0.traffic.contains { $0.number == port.number } } ?? false
        return served || facts.outside?.block?.isCertain == false
    }
}
