// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostRecords
package import HostSystem

/// Sockets and forwarder as units of systemd's.
package struct SystemdForwarder: ForwarderProcess {
    private typealias Turn = SocketUnits.Turn

    private let layout: HostLayout
    private let routes: HostPath
    private let services: any ServiceManager

    package init(layout: HostLayout, routes: HostPath, services: any ServiceManager) {
        self.layout = layout
        self.routes = routes
        self.services = services
    }

    /// Units that hold these ports once they do: the same forwarder as now unless ports come or go.
    package static func units(_ ports: [Int], on layout: HostLayout) throws -> [String] {
        let texts = try texts(layout)
        let sockets = ports.sorted().map { SocketUnits.socket(layout.product, $0) }
        let isSame = Set(texts.keys.filter { $0.hasSuffix(".socket") }) == Set(sockets)
        let serving = serving(texts, layout)
        let next = isSame ? serving ?? free(texts, layout) : free(texts, layout)
        return sockets + [SocketUnits.service(layout.product, next ?? .a)]
    }

    // MARK: - What is there

    private static func texts(_ layout: HostLayout) throws -> [String: String] {
        var found: [String: String] = [:]
        guard try FileSystem.exists(layout.unitDirectory) else { return found }
        for unit in try FileSystem.list(layout.unitDirectory) where SocketUnits.isOurs(unit, of: layout.product) {
            found[unit] = String(decoding: try FileSystem.readAll(layout.unit(unit), limit: 1 << 20), as: UTF8.self)
        }
        return found
    }

    /// The turn whose forwarder has the sockets on disk.
    private static func serving(_ texts: [String: String], _ layout: HostLayout) -> Turn? {
        Turn.allCases.first { turn in
            let service = SocketUnits.service(layout.product, turn)
            return texts.contains { $0.key.hasSuffix(".socket") && $0.value.contains("\nService=\(service)\n") }
        }
    }

    /// One that has no unit file may still drain: then it answers.
    private static func free(_ texts: [String: String], _ layout: HostLayout) -> Turn? {
        Turn.allCases.first {
            texts[SocketUnits.service(layout.product, $0)] == nil
                && (try? ForwarderControl(at: SocketUnits.control(layout, $0)).ask(.show)) == nil
        }
    }

    private func texts() throws -> [String: String] { try SystemdForwarder.texts(layout) }
    private func turn() throws -> Turn? { SystemdForwarder.serving(try texts(), layout) }
    private func service(_ turn: Turn) -> String { SocketUnits.service(layout.product, turn) }
    private func control(_ turn: Turn) -> HostPath { SocketUnits.control(layout, turn) }

    package func control() throws -> HostPath? { try turn().map(control) }

    package func draining() throws -> [HostPath] {
        let turn = try turn()
        return try Turn.allCases.filter { $0 != turn }.map(control).filter { try FileSystem.exists($0) }
    }

    package func isStarted() async throws -> Bool {
        guard let turn = try turn() else { return false }
        if try await services.state(of: service(turn)).isActive { return true }
        for unit in try sockets(texts()) where try await services.state(of: unit).isActive { return true }
        return false
    }

    package func isWhole() async throws -> Bool { try await missing(texts()).isEmpty }

    private func sockets(_ texts: [String: String]) -> [String] {
        texts.keys.filter { $0.hasSuffix(".socket") }.sorted()
    }

    private func missing(_ texts: [String: String]) async throws -> [String] {
        var found: [String] = []
        for unit in sockets(texts) where try await !services.state(of: unit).isActive { found.append(unit) }
        return found
    }

    private func wanted(_ ports: [HeldPort], _ turn: Turn) throws -> [String: String] {
        let units = SocketUnits(layout: layout, turn: turn, ports: ports, routes: routes)
        return Dictionary(uniqueKeysWithValues: try units.texts().map { ($0.name, $0.text) })
    }

    package func unitFiles(of ports: [HeldPort]) throws -> [HostPath: [UInt8]] {
        guard let turn = try turn() else { return [:] }
        let texts = try wanted(ports, turn)
        return Dictionary(uniqueKeysWithValues: texts.map { (layout.unit($0.key), Array($0.value.utf8)) })
    }

    // MARK: - What is wanted

    package func keep(_ ports: [HeldPort]) async throws {
        guard !ports.isEmpty else { return try await remove() }
        let former = try texts()
        let turn = SystemdForwarder.serving(former, layout)
        if let turn, try wanted(ports, turn) == former { return try await start(turn, former) }
        let next = try await freeTurn(former, besides: turn)
        let wanted = try wanted(ports, next)
        let paused = pause(turn)
        do {
            for (name, text) in wanted.sorted(by: { $0.key < $1.key }) { try write(text, name) }
            try await services.daemonReload()
            try await start(next, wanted)
        } catch {
            for (name, text) in former { try write(text, name) }
            try await takeAway(wanted.filter { former[$0.key] == nil })
            if let turn { _ = try? ForwarderControl(at: control(turn)).ask(.release(ports: paused)) }
            throw error
        }
        let old = former.filter { wanted[$0.key] == nil }
        if let turn, (try? ForwarderControl(at: control(turn)).ask(.drain)) != nil {
            // It goes on without its unit file, until its last client leaves.
            try FileSystem.remove(layout.unit(service(turn)))
            try await takeAway(old.filter { $0.key != service(turn) })
        } else if !old.isEmpty {
            try await takeAway(old)
        }
    }

    /// Two that accept from the same sockets would lead to the old routes and to the new ones at a time: clients wait while
    /// the next one starts.
    /// - Returns: the ports that were not held before.
    private func pause(_ turn: Turn?) -> [Int] {
        guard let control = turn.map({ ForwarderControl(at: control($0)) }), let before = try? control.ask(.show) else {
            return []
        }
        let ports = Set(before.listening).subtracting(before.held).sorted()
        _ = try? control.ask(.hold(ports: ports, milliseconds: 30_000))
        return ports
    }

    /// After seven changes of ports, each with clients that stay, those of the first have to go.
    private func freeTurn(_ texts: [String: String], besides serving: Turn?) async throws -> Turn {
        if let turn = SystemdForwarder.free(texts, layout) { return turn }
        let turn = Turn.allCases.first { $0 != serving } ?? .a
        try await services.stop(service(turn), timeout: .seconds(5))
        return turn
    }

    private func write(_ text: String, _ name: String) throws {
        try FileSystem.write(Array(text.utf8), to: layout.unit(name), permissions: 0o644)
    }

    /// Sockets first, each by itself: one whose port somebody else has is an error, not a forwarder without it. One that
    /// somebody stopped comes back only behind the forwarder that still listens there.
    private func start(_ turn: Turn, _ units: [String: String]) async throws {
        let missing = try await missing(units)
        if !missing.isEmpty {
            try await services.stop(service(turn), timeout: .seconds(5))
            for unit in missing {
                try await services.resetFailed(unit)
                try await services.start(unit)
            }
        }
        try await services.start(service(turn))
        let control = ForwarderControl(at: control(turn))
        for _ in 0..<400 {
            if (try? control.ask(.show)) != nil { return }
            try await Task.sleep(nanoseconds: 25_000_000)
        }
        _ = try control.ask(.show)
    }

    /// Services first, so that nobody is led to a socket that is gone.
    private func takeAway(_ units: [String: String]) async throws {
        for unit in units.keys.sorted(by: {
            ($0.hasSuffix(".socket") ? 1 : 0, $0) < ($1.hasSuffix(".socket") ? 1 : 0, $1)
        }) {
            try await services.stop(unit, timeout: .seconds(5))
            try await services.resetFailed(unit)
            try FileSystem.remove(layout.unit(unit))
        }
        try await services.daemonReload()
    }

    /// Sockets first: a connection to one would start its service again. Then all that run, also what drains without a file.
    package func remove() async throws {
        let units = try texts()
        let pattern = "bundle-forward-\(layout.product).*"
        let loaded = try await services.units(matching: pattern).filter { SocketUnits.isOurs($0, of: layout.product) }
        guard !units.isEmpty || !loaded.isEmpty else { return }
        for unit in sockets(units) { try await services.stop(unit, timeout: .seconds(5)) }
        for unit in loaded where units[unit] == nil { try await services.stop(unit, timeout: .seconds(5)) }
        try await takeAway(units)
        for turn in Turn.allCases { try FileSystem.removeTree(control(turn).parent) }
    }
}
