// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// A HAProxy of the product's own in front of its slots: each request of a port that speaks HTTP goes where the map says when
/// it comes (decision 0042). The kernel leads each stable port to it, whoever serves; addresses, guard, holds, preview and
/// canary are the kernel's as ever.
package struct HAProxySwitch: PreviewingSwitch {
    private let addresses: SlotAddresses
    private let kernel: NFTablesSwitch
    private let directory: HostPath
    private let program: HostPath
    private let process: any ProxyProcess
    private let runner: any CommandRunner

    package init(
        addresses: SlotAddresses, kernel: NFTablesSwitch, directory: HostPath, program: HostPath,
        process: any ProxyProcess, runner: any CommandRunner
    ) {
        self.addresses = addresses
        self.kernel = kernel
        self.directory = directory
        self.program = program
        self.process = process
        self.runner = runner
    }

    private var config: HostPath { HAProxyText.config(in: directory) }
    private var map: HostPath { HAProxyText.map(in: directory) }

    package func ensure() async throws -> Bool {
        let hasIPv6 = try await kernel.ensure()
        try await addresses.assignProxy(runner, hasIPv6: hasIPv6)
        try FileSystem.createDirectories(directory)
        if try !FileSystem.exists(map) { try write("", to: map) }
        if try !FileSystem.exists(config) { try write(try text().config(TrafficTable()), to: config) }
        if await processes().worker == nil { try await process.start() }
        return hasIPv6
    }

    /// The file first: what starts from now on, starts right. Then every process that has clients, each at one moment.
    package func flip(to table: TrafficTable) async throws {
        let text = try text()
        let wanted = text.config(table)
        let places = text.places(table)
        let held = try read(config)
        if held == wanted, await runningDigest() == HAProxyText.digest(of: wanted) {
            try write(HAProxyText.lines(places), to: map)
            try await lead(places)
        } else {
            try await check(wanted)
            // Those that go on with the old listeners know the old places only.
            let known = HAProxyAnswers.names(held)
            let former = HAProxyAnswers.places(ofFile: try read(map))
            try await lead(former.merging(places.filter { known.contains($0.value) }) { $1 })
            try await replace(wanted, HAProxyText.lines(places), held)
        }
        // Behind it: a new port's listener is there before anybody is led to it.
        let front = text.front(table)
        guard try await kernel.current()?.does(front, leadingNobody: true) != true else { return }
        try await kernel.flip(to: front)
    }

    package func hold(_ held: HeldPorts, for span: TimeSpan) async throws { try await kernel.hold(held, for: span) }

    package func release(_ held: HeldPorts) async throws { try await kernel.release(held) }

    /// By connection, past the proxy: the kernel chooses when one begins, as without a proxy.
    package func preview(_ table: TrafficTable, from networks: [ClientNetwork]) async throws {
        try await kernel.preview(table, from: networks)
    }

    package func canary(_ table: TrafficTable, share: Int, for span: TimeSpan) async throws {
        try await kernel.canary(table, share: share, for: span)
    }

    package func endCanary() async throws { try await kernel.endCanary() }

    package func current() async throws -> TrafficState? {
        guard try FileSystem.exists(config) else { return try await kernel.current() }
        guard let rules = try await kernel.current() else { return TrafficState(isWhole: false) }
        var places: [String: String] = [:]
        if let worker = await processes().worker, let answer = try? await ask("@!\(worker) show map \(map)") {
            places = HAProxyAnswers.places(answer)
        }
        var state = try text().behind(rules, places)
        if await runningDigest() != HAProxyText.digest(of: try read(config)) { state.isWhole = false }
        return state
    }

    package func remove() async throws {
        try await process.remove()
        try FileSystem.removeTree(directory)
        try await kernel.remove()
        for command in addresses.unassignProxy { _ = try await runner.run(command) }
    }

    // MARK: - Files

    private func text() throws -> HAProxyText {
        HAProxyText(
            addresses: addresses, directory: directory, hasIPv6: try FileSystem.exists("/proc/net/if_inet6"))
    }

    private func read(_ path: HostPath) throws -> String {
        guard try FileSystem.exists(path) else { return "" }
        return String(decoding: try FileSystem.readAll(path, limit: 16 << 20), as: UTF8.self)
    }

    private func write(_ text: String, to path: HostPath) throws {
        try FileSystem.write(Array(text.utf8), to: path, permissions: 0o644)
    }

    // MARK: - What runs

    private func ask(_ question: String) async throws -> String {
        let socket = process.socket
        return String(decoding: try ControlSocket.ask(socket, question + "\n"), as: UTF8.self)
    }

    private func processes() async -> HAProxyAnswers.Processes {
        guard let answer = try? await ask("show proc") else { return HAProxyAnswers.Processes() }
        return HAProxyAnswers.processes(answer)
    }

    private func runningDigest() async -> String? {
        guard let worker = await processes().worker, let answer = try? await ask("@!\(worker) show info") else {
            return nil
        }
        return HAProxyAnswers.digest(answer)
    }

    /// All keys at once: a new version of the map is filled and then takes the place of the old one.
    private func lead(_ places: [String: String]) async throws {
        // A program that has no listeners has no map.
        guard !places.isEmpty else { return }
        let found = await processes()
        for worker in [found.worker].compactMap({ $0 }) + found.former {
            let to = "@!\(worker)"
            let answer = try await ask("\(to) prepare map \(map)")
            guard let version = HAProxyAnswers.version(answer) else {
                // One that is ending has closed its ears; the one that takes new connections must not.
                if worker == found.worker { throw refused(answer) }
                continue
            }
            var lines = places.sorted { $0.key < $1.key }.map { "\(to) add map @\(version) \(map) \($0) \($1)" }
            lines.append("\(to) commit map @\(version) \(map)")
            // A question is no longer than a buffer; nothing counts before the last line.
            for first in stride(from: 0, to: lines.count, by: 40) {
                let done = try await ask(lines[first..<min(first + 40, lines.count)].joined(separator: "; "))
                guard done.allSatisfy(\.isWhitespace) else { throw refused(done) }
            }
        }
    }

    /// HAProxy's own judgement, before anything of it is in the way of a restart.
    private func check(_ wanted: String) async throws {
        let draft = directory / "haproxy.cfg.draft"
        defer { _ = try? FileSystem.remove(draft) }
        try write(wanted, to: draft)
        let result = try await runner.run(Command([program.text, "-c", "-q", "-f", draft.text], timeoutSeconds: 30))
        // 2: without a fault, and without a listener, which it minds only without a master.
        guard result.status == 0 || result.status == 2 else { throw refused(result.errorText) }
    }

    /// New listeners. Open connections and sockets go over; a port that somebody else has is found here, and what was comes
    /// back.
    private func replace(_ wanted: String, _ places: String, _ former: String) async throws {
        let formerPlaces = try read(map)
        try write(places, to: map)
        try write(wanted, to: config)
        let before = await processes()
        do {
            if before.master == nil { try await process.start() } else { try await reload() }
            for _ in 0..<200 {
                if await runningDigest() == HAProxyText.digest(of: wanted) { return }
                if await processes().failed > before.failed { break }
                try await Task.sleep(nanoseconds: 50_000_000)
            }
            throw refused("it does not take the new configuration; its journal says why")
        } catch {
            try write(formerPlaces, to: map)
            try write(former, to: config)
            throw error
        }
    }

    /// Over its own socket: a host need not have kill(1). The answer may be lost with the process that gives it.
    private func reload() async throws { _ = try? await ask("reload") }

    private func refused(_ message: String) -> TrafficError {
        .proxyRefused(String(message.split(separator: "\n").joined(separator: "; ").prefix(500)))
    }
}

extension HAProxySwitch: KernelRules {
    func kernelTable(_ table: TrafficTable) -> TrafficTable { (try? text().front(table)) ?? table }

    func rewrite() async throws { try await kernel.rewrite() }

    func files(for table: TrafficTable) throws -> [HostPath: [UInt8]] {
        let text = try text()
        var files = [
            config: Array(text.config(table).utf8), map: Array(HAProxyText.lines(text.places(table)).utf8),
        ]
        if let unit = try process.unitFile() { files[unit.path] = unit.bytes }
        return files
    }
}
