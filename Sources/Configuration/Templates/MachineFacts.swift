// SPDX-License-Identifier: Apache-2.0

/// What templates may know about the machine, as `host.*` (docs/values.md §4).
package struct MachineFacts: Equatable, Sendable {
    package var name: String
    /// nil when the machine has no address but its loopback: a template that asks for it is then refused.
    package var address: String?
    /// Processors that are online.
    package var cpus: Int
    /// Bytes.
    package var memory: Int64

    package init(name: String, address: String? = nil, cpus: Int = 1, memory: Int64 = 0) {
        self.name = name
        self.address = address
        self.cpus = cpus
        self.memory = memory
    }

    var value: Value {
        var members: ValueMap = [
            "name": .text(name), "cpus": .integer(cpus), "memory": .integer(Int(memory)),
        ]
        if let address { members["address"] = .text(address) }
        return .map(members)
    }

    static let shape = KnownNames.Shape.map(
        ["name": .scalar, "address": .scalar, "cpus": .scalar, "memory": .scalar], isOpen: false)
}
