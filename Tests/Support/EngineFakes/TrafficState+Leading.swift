// SPDX-License-Identifier: Apache-2.0
import BundleFormat

@testable import Installer

extension TrafficState {
    /// What a switch does with a table, where there is no kernel: each stable port leads to its places.
    mutating func lead(by table: TrafficTable) {
        everybody = [:]
        machine = [:]
        for entry in table.entries {
            let places = Set([entry.v4, entry.v6].compactMap { $0 })
            if entry.exposure == .public { everybody[entry.port] = places } else { machine[entry.port] = places }
        }
    }

    mutating func hold(_ held: HeldPorts) {
        heldPorts.formUnion(held.ports)
        heldEndpoints.formUnion(held.endpoints)
    }

    mutating func release(_ held: HeldPorts) {
        heldPorts.subtract(held.ports)
        heldEndpoints.subtract(held.endpoints)
    }
}
