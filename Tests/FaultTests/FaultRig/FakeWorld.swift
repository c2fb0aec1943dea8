// SPDX-License-Identifier: Apache-2.0
import BundleFormat

@testable import EngineFakes
@testable import Installer

/// What the fakes around the engine know, as it is kept between processes.
struct FakeWorld: Codable {
    /// The kernel's rules; of what the scenarios use.
    struct Rules: Codable {
        var everybody: [Int: Set<Endpoint>]
        var machine: [Int: Set<Endpoint>]
        var heldPorts: Set<Int>
        var heldEndpoints: Set<Endpoint>

        init(_ state: TrafficState) {
            everybody = state.everybody
            machine = state.machine
            heldPorts = state.heldPorts
            heldEndpoints = state.heldEndpoints
        }

        var state: TrafficState {
            TrafficState(
                everybody: everybody, machine: machine, heldPorts: heldPorts, heldEndpoints: heldEndpoints)
        }
    }

    var units = UnitWorld()
    var rules: Rules?

    init() {}

    init(of host: EngineHost) {
        units = host.services.moment
        rules = host.traffic.moment.map { Rules($0) }
    }

    func restore(to host: EngineHost) {
        host.services.moment = units
        host.traffic.moment = rules?.state
    }
}
