// SPDX-License-Identifier: Apache-2.0
import Configuration
import HostSystem

/// The machine that previews are rendered for: a made-up one, or what a file says of a real one.
enum PreviewMachine {
    /// RFC 5737: an address that is nobody's.
    static let madeUp = MachineFacts(name: "host", address: "192.0.2.1", cpus: 4, memory: 8 << 30)

    private static let schema: Value = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "name": ["type": "string"], "address": ["type": "string"], "cpus": ["type": "integer", "minimum": 1],
            "memory": ["type": "integer", "minimum": 0],
        ],
    ]

    /// - Parameter file: YAML with any of `name`, `address`, `cpus`, `memory` (bytes); what it leaves out is made up.
    static func read(_ file: String?) throws -> MachineFacts {
        guard let file else { return madeUp }
        var layers = ValueLayers()
        layers.add(try ValueDocument(try FileSystem.readAll(HostPath(file), limit: 1 << 20, streams: true), file: file))
        let facts = try layers.checked(against: try ValueSchema(schema)).map
        var machine = madeUp
        if case .text(let name) = facts?["name"] { machine.name = name }
        if case .text(let address) = facts?["address"] { machine.address = address }
        if case .integer(let cpus) = facts?["cpus"] { machine.cpus = cpus }
        if case .integer(let memory) = facts?["memory"] { machine.memory = Int64(memory) }
        return machine
    }
}
