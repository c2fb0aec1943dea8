// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// systemd holds the sockets of the stable ports, and a forwarder of ours leads what comes in there to the slot that serves
/// (decision 0043). Addresses, the guard and holds of what slots reach by address are the kernel's as ever.
package struct SocketsSwitch: TrafficSwitch {
    private let addresses: SlotAddresses
    private let kernel: NFTablesSwitch
    private let routes: HostPath
    private let process: any ForwarderProcess
    private let runner: any CommandRunner

    package init(
        addresses: SlotAddresses, kernel: NFTablesSwitch, routes: HostPath, process: any ForwarderProcess,
        runner: any CommandRunner
    ) {
        self.addresses = addresses
        self.kernel = kernel
        self.routes = routes
        self.process = process
        self.runner = runner
    }

    package func ensure() async throws -> Bool {
        let hasIPv6 = try await kernel.ensure()
        try await addresses.assignProxy(runner, hasIPv6: hasIPv6)
        return hasIPv6
    }

    /// The file first: what starts from now on, starts right. Rules last: nobody is led to a socket that is not there yet.
    package func flip(to table: TrafficTable) async throws {
        let hasIPv6 = try FileSystem.exists("/proc/net/if_inet6")
        let ports = table.entries.map { HeldPort($0, addresses: addresses, hasIPv6: hasIPv6) }
        let wanted = ForwarderRoutes(table)
        let former = try ForwarderRoutes.read(routes)
        let rules = HeldPort.rules(table, addresses: addresses, hasIPv6: hasIPv6)
        try write(wanted)
        do {
            // Ports that are about to go are led nowhere first.
            if ports.isEmpty { try await kernel.flip(to: rules) }
            // Mostly that is all, and it has to be quick; whether systemd still has every socket is looked at behind it.
            let isLed = !ports.isEmpty && former.ports == wanted.ports && (try? lead(to: wanted)) != nil
            try await process.keep(ports)
            if !ports.isEmpty, !isLed { try lead(to: wanted) }
        } catch {
            try write(former)
            throw error
        }
        if try await kernel.current()?.does(rules) != true { try await kernel.flip(to: rules) }
    }

    private func write(_ wanted: ForwarderRoutes) throws {
        try FileSystem.createDirectories(routes.parent)
        try FileSystem.write(try wanted.encoded(), to: routes, permissions: 0o644)
    }

    private func lead(to wanted: ForwarderRoutes) throws {
        guard let answer = try ask(.flip(routes: wanted)) else { return }
        let missing = Set(wanted.table.entries.map(\.port)).subtracting(answer.listening).sorted()
        guard answer.routes == wanted, missing.isEmpty else {
            throw TrafficError.proxyRefused("it has no socket for \(missing.map(String.init).joined(separator: ", "))")
        }
    }

    /// Connections wait where they come in; what slots ask for by address waits in the kernel.
    package func hold(_ held: HeldPorts, for span: TimeSpan) async throws {
        guard !held.isEmpty else { return }
        if !held.ports.isEmpty { try await tell(.hold(ports: held.ports, milliseconds: max(1, span.milliseconds))) }
        try await kernel.hold(HeldPorts(ports: [], endpoints: held.endpoints), for: span)
    }

    /// The kernel's first: what is let in next goes there.
    package func release(_ held: HeldPorts) async throws {
        guard !held.isEmpty else { return }
        try await kernel.release(HeldPorts(ports: [], endpoints: held.endpoints))
        if !held.ports.isEmpty { try await tell(.release(ports: held.ports)) }
    }

    /// One that has just died is back in a moment. Where none is started, as in a recovery at boot, nobody is let in.
    private func tell(_ what: ForwarderQuestion) async throws {
        for _ in 0..<100 {
            if (try? ask(what)) != nil { return }
            guard try await process.isStarted() else { return }
            try await Task.sleep(nanoseconds: 50_000_000)
        }
        _ = try ask(what)
    }

    package func current() async throws -> TrafficState? {
        let rules = try await kernel.current()
        let former = try ForwarderRoutes.read(routes)
        guard var state = rules else {
            return former.table.entries.isEmpty ? nil : TrafficState(isWhole: false)
        }
        guard !former.table.entries.isEmpty else { return state }
        guard let answer = (try? ask(.show)) ?? nil, try await process.isWhole() else {
            state.isWhole = false
            state.everybody = [:]
            state.machine = [:]
            return state
        }
        let hasIPv6 = try FileSystem.exists("/proc/net/if_inet6")
        let known = HeldPort.rules(answer.routes.table, addresses: addresses, hasIPv6: hasIPv6)
        let broken = Set(state.portsThatDiffer(from: known))
        state.heldPorts = Set(answer.held)
        for entry in answer.routes.table.entries where !broken.contains(entry.port) {
            let led = answer.listening.contains(entry.port) ? Set([entry.v4, entry.v6].compactMap { $0 }) : []
            if entry.exposure == .public { state.everybody[entry.port] = led } else { state.machine[entry.port] = led }
        }
        return state
    }

    package func clients() async throws -> [SocketEndpoint: SocketEndpoint] {
        var found: [SocketEndpoint: SocketEndpoint] = [:]
        for control in try [process.control()].compactMap({ $0 }) + process.draining() {
            for one in (try? ForwarderControl(at: control).ask(.clients))?.clients ?? [] {
                if let outgoing = one.outgoing.socket { found[outgoing] = one.client.socket }
            }
        }
        return found
    }

    private func ask(_ question: ForwarderQuestion) throws -> ForwarderAnswer? {
        try process.control().map { try ForwarderControl(at: $0).ask(question) }
    }

    package func remove() async throws {
        try await process.remove()
        try FileSystem.removeTree(routes.parent)
        try await kernel.remove()
        for command in addresses.unassignProxy { _ = try await runner.run(command) }
    }
}

extension SocketsSwitch: KernelRules {
    func kernelTable(_ table: TrafficTable) -> TrafficTable {
        let hasIPv6 = (try? FileSystem.exists("/proc/net/if_inet6")) ?? false
        return HeldPort.rules(table, addresses: addresses, hasIPv6: hasIPv6)
    }

    func rewrite() async throws { try await kernel.rewrite() }

    func files(for table: TrafficTable) throws -> [HostPath: [UInt8]] {
        let hasIPv6 = try FileSystem.exists("/proc/net/if_inet6")
        var files = try process.unitFiles(
            of: table.entries.map { HeldPort($0, addresses: addresses, hasIPv6: hasIPv6) })
        files[routes] = Array(try ForwarderRoutes(table).encoded())
        return files
    }
}
