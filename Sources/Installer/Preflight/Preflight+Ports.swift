// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

extension Preflight {
    /// A port that another process listens on would be shadowed by our rules without a word, so it is refused (measured,
    /// cutover.md section 3).
    func ports() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        let uses = Dictionary(grouping: release.ports.keys.sorted()) { release.ports[$0] ?? 0 }
        for (port, names) in uses.sorted(by: { $0.key < $1.key }) {
            let use = names.joined(separator: ", ")
            if names.count > 1 { found.append(.portTwice(port: port, uses: names)) }
            if let product = facts.otherPorts[port] {
                found.append(.portOfOtherProduct(port: port, use: use, product: product))
            }
            let strangers = facts.listeners.filter { $0.endpoint.port == port && !isOurs($0) }
            // One server often listens on both families; it is told once.
            if let first = strangers.first {
                let listener = first.endpoint.description
                found.append(.portTaken(port: port, use: use, listener: listener, owner: first.owner))
            }
        }
        return found
    }

    private func isOurs(_ listener: PreflightListener) -> Bool {
        if Preflight.isSlotAddress(listener.endpoint) { return true }
        // Sockets that systemd holds for what serves: nobody else could have the same.
        if let record = release.record, record.driver == .sockets, record.active != nil,
            record.traffic.contains(where: { $0.number == listener.endpoint.port })
        {
            return true
        }
        // `bind: any`: a service of ours may listen wider than its slot.
        guard let unit = listener.owner?.unit, let record = release.record else { return false }
        let ours = (record.active?.units ?? []) + (record.previous?.units ?? []) + record.recreate.values.map(\.unit)
        return ours.contains(unit)
    }

    /// 169.254.77.0/24 and fd77::/112: only slots live there.
    static func isSlotAddress(_ endpoint: SocketEndpoint) -> Bool {
        endpoint.isV6
            ? endpoint.address.starts(with: [0xfd, 0x77] + [UInt8](repeating: 0, count: 12))
            : endpoint.address.starts(with: [169, 254, 77])
    }
}
