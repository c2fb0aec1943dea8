// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
package import HostSystem
import NIOCore
import NIOPosix

/// What the unit of a forwarder runs, until SIGTERM or until it was asked to drain and has. Its sockets are not its own: whoever
/// comes meanwhile waits in them.
package struct ForwarderProgram: Sendable {
    /// Of what installer and forwarder say to each other. It is part of the unit's text, so a forwarder that an older tool
    /// started is replaced like one whose ports change.
    package static let language = 1

    private let control: HostPath
    private let routes: HostPath

    package init(control: HostPath, routes: HostPath) {
        self.control = control
        self.routes = routes
    }

    package func run(_ listeners: [InheritedListener]) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(4, System.coreCount))
        let forwarder = Forwarder(
            group: group, routes: try ForwarderRoutes.read(routes),
            memory: ForwarderMemory(at: control.parent / "holds.json"))
        try await forwarder.listen(on: listeners)
        try await ForwarderControl(at: control).serve(forwarder, on: group)
        await withTaskGroup(of: Void.self) { ends in
            ends.addTask { try? await forwarder.drained() }
            ends.addTask { await Self.terminated(forwarder) }
            for await _ in ends { break }
            ends.cancelAll()
        }
        // Nobody takes the one that comes next for this one.
        try FileSystem.remove(control)
        try await group.shutdownGracefully()
    }

    /// SIGTERM: those who are connected have a moment.
    private static func terminated(_ forwarder: Forwarder) async {
        signal(SIGTERM, SIG_IGN)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler { end.yield() }
        source.resume()
        for await _ in ends { break }
        source.cancel()
        await withTaskGroup(of: Void.self) { patience in
            patience.addTask { try? await forwarder.drain() }
            patience.addTask { try? await Task.sleep(nanoseconds: 4_000_000_000) }
            for await _ in patience { break }
            patience.cancelAll()
        }
    }
}
