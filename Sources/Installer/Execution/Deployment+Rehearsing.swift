// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// The step of a rehearsal that stands where an installation would cut over (host-state §9).
extension Deployment {
    func rehearse() async throws {
        guard let serving = plan.replaces, let span = plan.rehearsal else { throw DeploymentError.nothingToRehearse }
        let started = environment.clock.wallSeconds()
        let lanes = try self.lanes()
        guard !lanes.isEmpty else { throw DeploymentError.nothingToRehearse }
        let idle = lanes.flatMap(\.idle.endpoints)
        let rehearsal = Rehearsal(
            lanes: lanes, traffic: try rehearsalSwitch(), client: environment.client, clock: environment.clock,
            openAtIdle: { try ConnectionCounter().count(at: idle) })
        let measured = try await rehearsal.run(for: span)
        let flips = measured.flips.sorted()
        let figures = RehearsalFigures(
            name: plan.name, version: plan.version, digest: plan.digest, serving: serving.version, started: started,
            milliseconds: measured.milliseconds, flips: flips.count, longestFlip: flips.last ?? 0,
            medianFlip: flips.isEmpty ? 0 : flips[flips.count / 2], connections: measured.connections,
            failed: measured.failed, longestStall: measured.longestStall, drain: measured.drain,
            ports: lanes.map(\.name))
        rehearsed = figures
        try FileSystem.createDirectories(layout.rehearsals)
        try FileSystem.write(
            try CanonicalDocument.encode(figures), to: layout.rehearsals / "\(plan.directory)-\(started).json")
        try journal.append(.note("\(figures.failures) of \(figures.connections) connections failed"))
    }

    func undoRehearse() async throws { try await rehearsalSwitch().remove() }

    private func rehearsalSwitch() throws -> any TrafficSwitch {
        guard let traffic = environment.traffic as? any RehearsingSwitch else {
            throw Installation.IdleTrafficError.driverCannot
        }
        return traffic.rehearsal
    }

    /// A private port for each stable port that would move. Services that run once are not touched, so not loaded either.
    private func lanes() throws -> [Rehearsal.Lane] {
        let taken = try Set(TCPTable.read().sockets.filter { $0.state == .listen }.map(\.local.port))
        let former = plan.formerTraffic.filter { !$0.recreate }
        var free = (47_000..<48_000).filter { !taken.contains($0) }.makeIterator()
        return plan.traffic(listeningOnIPv6: listeningOnIPv6).compactMap { idle in
            guard !idle.recreate,
                let active = former.first(where: { $0.service == idle.service && $0.port == idle.port }),
                let port = free.next()
            else { return nil }
            let name = "\(idle.service).\(idle.port)"
            return Rehearsal.Lane(name: name, port: port, active: active, idle: idle, request: request(idle))
        }
    }

    /// What a check of health asks there; other protocols are only connected to.
    private func request(_ entry: TrafficEntry) -> [UInt8]? {
        let checks = plan.services.first { $0.name == entry.service }?.target.checks ?? []
        for check in checks {
            // Over TLS a connection is all that is asked: what is behind it, health has asked.
            guard case .http(let port, let path, _, _, let host, nil) = check.probe, port == entry.port else {
                continue
            }
            let name = host ?? "127.0.0.1:\(entry.number)"
            return Array(
                "GET \(path) HTTP/1.1\r\nHost: \(name)\r\nUser-Agent: bundle-rehearse\r\nConnection: close\r\n\r\n".utf8
            )
        }
        return nil
    }
}
