// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
package import HostRecords
package import HostSystem

extension HostStatus {
    /// - Returns: nil when nothing was ever installed.
    /// - Throws: `RecordError` for a record or journal that cannot be believed.
    package static func gather(
        layout: HostLayout, services: some ServiceManager, traffic: some TrafficSwitch,
        clock: some HostClock = SystemClock(),
        outside: any OutsideLook = NoOutside()
    ) async throws -> HostStatus? {
        guard let record = try StateStore(layout: layout).load() else { return nil }
        var status = HostStatus(
            record: record, units: [], ports: [], rulesAreWhole: false, strayPorts: [], idle: IdleTraffic())
        for (name, slot, isFormer) in try wanted(record, layout) {
            let state = try await services.state(of: name)
            status.units.append(Unit(name: name, slot: slot, isFormer: isFormer, state: state))
        }
        let found = try await traffic.current()
        status.rulesAreWhole = found?.isWhole ?? record.traffic.isEmpty
        status.idle = found?.idle ?? IdleTraffic()
        let end = Installation.canaryEnd(layout)
        if try FileSystem.exists(end) {
            status.canaryEnd = String(decoding: try FileSystem.readAll(end, limit: 1 << 16), as: UTF8.self)
        }
        let wrong = Set((found ?? TrafficState()).portsThatDiffer(from: record.table))
        let known = Set(record.traffic.map(\.number))
        status.ports = record.traffic.sorted { ($0.service, $0.port) < ($1.service, $1.port) }
            .map { Port(entry: $0, isInForce: !wrong.contains($0.number)) }
        status.strayPorts = wrong.subtracting(known).sorted()
        if try FileSystem.status(layout.current)?.kind == .symlink {
            status.current = try FileSystem.readLink(layout.current)
        }
        if record.active != nil, let report = await outside.look(at: record.outsidePorts) {
            status.block = report.block
            for index in status.ports.indices {
                let number = status.ports[index].entry.number
                status.ports[index].outside = report.answers.filter { $0.port == number }
            }
        }
        if try FileSystem.exists(layout.journal) { status.open = try JournalRecord.read(layout.journal) }
        try await status.lookForDraining(traffic, now: clock.wallSeconds())
        status.inspectCertificates(layout, now: clock.wallSeconds())
        status.lookForEdits(layout)
        status.staged = try StagedReleases(layout: layout).list()
        status.holder = FileLock.holder(layout.lock)
        return status
    }

    /// Connections are pinned to the slot in which they began; the plan that is under way knows where that one listens.
    private mutating func lookForDraining(_ traffic: some TrafficSwitch, now: Int64) async throws {
        guard record.previous != nil, let active = record.active, let text = open?.header.plan,
            let plan = try? JSONDecoder().decode(Plan.self, from: Data(text.utf8))
        else { return }
        let clients = (try? await traffic.clients()) ?? [:]
        draining = try plan.formerEndpoints.compactMap { name, places in
            let peers = try ConnectionCounter().peers(at: places).values.flatMap { $0 }
                .map { (clients[$0] ?? $0).description }.sorted()
            guard !peers.isEmpty else { return nil }
            return Draining(service: name, peers: peers, leastSeconds: max(0, now - active.since))
        }
    }

    private mutating func inspectCertificates(_ layout: HostLayout, now: Int64) {
        guard let active = record.active, let memory = SiteMemory.read(from: layout.evidence(active.directory)),
            !memory.certificates.isEmpty
        else { return }
        let time = BelievableTime(now: now, after: [active.since])
        let inspection = CertificateInspection(layout: layout, time: time)
        certificates = memory.certificates.compactMap { inspection.report($0) }
        self.time = time
    }

    private static func wanted(_ record: StateRecord, _ layout: HostLayout) throws -> [(String, Slot?, Bool)] {
        let active = (record.active?.units ?? []).map { ($0, record.active?.slot, false) }
        let recreate = record.active == nil ? [] : record.recreate.values.map(\.unit).sorted()
        let former = (record.previous?.units ?? []).map { ($0, record.previous?.slot, true) }
        let ready = (record.ready?.units ?? []).map { ($0, record.ready?.slot, false) }
        let proxy = record.active == nil ? [] : try driverUnits(record, layout)
        return proxy.map { ($0, Slot?.none, false) } + ready + recreate.map { ($0, Slot?.none, false) } + active
            + former
    }

    private static func driverUnits(_ record: StateRecord, _ layout: HostLayout) throws -> [String] {
        switch record.driver {
        case nil, .nftables: []
        case .haproxy: [HAProxyUnit.name(record.name)]
        case .sockets: try SystemdForwarder.units(record.table.entries.map(\.port), on: layout)
        }
    }
}
