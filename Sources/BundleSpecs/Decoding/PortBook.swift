// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// All ports of a release: no stable port may be claimed twice, nor one number of one address inside a slot.
struct PortBook {
    private let ledger: ProblemLedger
    private var stable: [Int: Place] = [:]
    /// By address and number: services of a slot share its address, recreate services have one of their own.
    private var inside: [String: Place] = [:]
    private var unnumbered: [(service: String, port: String)] = []
    private var taken: Set<Int> = []

    init(ledger: ProblemLedger) { self.ledger = ledger }

    mutating func note(_ port: Port, strategy: Service.Strategy, at place: Place) {
        if port.expose != .slot, let first = stable.updateValue(place, forKey: port.port) {
            ledger.report(place, .duplicate(.stablePort, name: "\(port.port)", first: first))
            return
        }
        let number = PortBook.slotPort(port.port)
        taken.insert(number)
        if let first = inside.updateValue(place, forKey: "\(strategy.rawValue) \(number)") {
            ledger.report(place, .duplicate(.slotPort, name: "\(number)", first: first))
        }
    }

    mutating func noteUnnumbered(_ service: String, _ port: String) { unnumbered.append((service, port)) }

    /// A port of the slot only that names no number gets one: nobody outside the release can depend on it.
    func assigned() -> [(service: String, port: String, number: Int)] {
        var next = 30_000
        var used = taken
        return unnumbered.sorted { ($0.service, $0.port) < ($1.service, $1.port) }.map { entry in
            while used.contains(next) { next += 1 }
            used.insert(next)
            return (entry.service, entry.port, next)
        }
    }

    /// Where a declared port listens on a slot's address: services have no right to bind below 1024.
    static func slotPort(_ declared: Int) -> Int { declared >= 1024 ? declared : declared + 20_000 }
}
