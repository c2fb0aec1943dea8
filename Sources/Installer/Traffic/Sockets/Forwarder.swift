// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem
import NIOCore
package import NIOPosix
import Synchronization

/// Forwards what comes in at sockets that systemd holds to the slot that serves (decision 0043). Which slot is one value:
/// a connection reads it when it begins.
package final class Forwarder: Sendable {
    private struct Listener {
        let port: Int
        let channel: any Channel
        var accepts = false
    }

    private struct State {
        var routes: ForwarderRoutes
        var listeners: [Listener] = []
        var holds: [Int: (until: Int64, end: Scheduled<Void>)] = [:]
    }

    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<State>
    private let clients = ForwardedClients()
    private let memory: ForwarderMemory
    private let clock = SystemClock()
    private let ending = AsyncStream.makeStream(of: Void.self)
    /// How long a service that refuses is asked again.
    private let patience = TimeAmount.seconds(3)

    /// - Parameter memory: holds that one before it was told of go on.
    package init(group: MultiThreadedEventLoopGroup, routes: ForwarderRoutes, memory: ForwarderMemory = .none) {
        self.group = group
        self.memory = memory
        state = Mutex(State(routes: routes))
        for (port, until) in memory.read() { hold(port, until: until) }
    }

    // MARK: - Listening

    /// - Parameter listeners: named after the port that clients use.
    package func listen(on listeners: [InheritedListener]) async throws {
        for listener in listeners {
            guard let port = Int(listener.name) else { continue }
            let isIPv6 = listener.isIPv6
            let channel = try await ForwarderBootstraps.server(group) { [self] channel, side in
                clients.came(channel)
                connect(side, port: port, isIPv6: isIPv6, of: channel, since: .now())
            }.withBoundSocket(listener.descriptor).get()
            state.withLock { $0.listeners.append(Listener(port: port, channel: channel)) }
        }
        try await follow()
    }

    /// A port without a place and one that is held are not accepted from.
    private func follow() async throws {
        let changes = state.withLock { state in
            let led = Set(state.routes.table.entries.map(\.port))
            return state.listeners.indices.compactMap { index -> EventLoopFuture<Void>? in
                let port = state.listeners[index].port
                let accepts = led.contains(port) && state.holds[port] == nil
                guard state.listeners[index].accepts != accepts else { return nil }
                state.listeners[index].accepts = accepts
                return state.listeners[index].channel.setOption(.autoRead, value: accepts)
            }
        }
        for change in changes { try await change.get() }
    }

    // MARK: - Connections

    /// Asks the value again each time: while a service refuses, clients may have been led elsewhere.
    private func connect(
        _ client: ForwardedSide, port: Int, isIPv6: Bool, of channel: any Channel, since begin: NIODeadline
    ) {
        let loop = channel.eventLoop
        let place = state.withLock { $0.routes.place(port: port, isIPv6: isIPv6) }
        guard let place, let address = try? SocketAddress(ipAddress: place.address, port: place.port) else {
            return client.cut()
        }
        let connecting = ForwarderBootstraps.client(loop).connect(to: address)
        connecting.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let outgoing):
                guard let service = try? outgoing.pipeline.syncOperations.handler(type: ForwardedSide.self) else {
                    return client.cut()
                }
                if client.isGone { return service.cut() }
                clients.isLed(channel, by: outgoing)
                ForwardedSide.join(client, service)
            case .failure:
                guard !client.isGone, NIODeadline.now() - begin < patience else { return client.cut() }
                loop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { [self] in
                    connect(client, port: port, isIPv6: isIPv6, of: channel, since: begin)
                }
            }
        }
    }

    // MARK: - What it is asked

    func answer(_ question: ForwarderQuestion) async throws -> ForwarderAnswer {
        switch question {
        case .show, .clients: break
        case .flip(let routes): state.withLock { $0.routes = routes }
        case .hold(let ports, let milliseconds):
            let until = clock.monotonicMilliseconds() + Int64(milliseconds)
            for port in ports { hold(port, until: until) }
        case .release(let ports): for port in ports { release(port, until: nil) }
        case .drain: try await stopAccepting()
        }
        if question.concernsHolds { memory.write(state.withLock { $0.holds.mapValues { $0.until } }) }
        try await follow()
        let open = clients.count
        let led = question == .clients ? clients.led : nil
        return state.withLock { state in
            ForwarderAnswer(
                routes: state.routes, listening: Set(state.listeners.map(\.port)).sorted(),
                held: state.holds.keys.sorted(), open: open, clients: led)
        }
    }

    private func hold(_ port: Int, until: Int64) {
        let span = TimeAmount.milliseconds(max(1, until - clock.monotonicMilliseconds()))
        let loop = group.next()
        state.withLock { state in
            state.holds[port]?.end.cancel()
            // It waits for the lock, however short the hold.
            let end = loop.scheduleTask(in: span) { [self] in
                release(port, until: until)
                Task { try await follow() }
            }
            state.holds[port] = (until, end)
        }
    }

    /// - Parameter until: of the hold that ends; nil for whichever there is.
    private func release(_ port: Int, until: Int64?) {
        state.withLock { state in
            guard let hold = state.holds[port], until == nil || until == hold.until else { return }
            hold.end.cancel()
            state.holds[port] = nil
        }
    }

    // MARK: - Its end

    /// Whoever comes waits in the sockets, which are systemd's, for the next forwarder.
    private func stopAccepting() async throws {
        let listeners = state.withLock { state in
            defer { state.listeners = [] }
            return state.listeners
        }
        ending.continuation.yield()
        for listener in listeners { try await listener.channel.close() }
    }

    /// Accepts nothing more and waits until those who are connected have gone.
    package func drain() async throws {
        try await stopAccepting()
        while clients.count > 0 { try await Task.sleep(nanoseconds: 20_000_000) }
    }

    /// Waits until it was asked to drain and has.
    package func drained() async throws {
        for await _ in ending.stream { break }
        try Task.checkCancellation()
        try await drain()
    }
}
