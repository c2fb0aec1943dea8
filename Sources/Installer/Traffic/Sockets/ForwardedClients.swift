// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import NIOCore
import Synchronization

/// A client, and the end by which a service knows it.
package struct ForwardedClient: Equatable, Codable, Sendable {
    package let client: Endpoint
    package let outgoing: Endpoint
}

/// Who is connected to a forwarder.
final class ForwardedClients: Sendable {
    private struct State {
        var count = 0
        var led: [ObjectIdentifier: ForwardedClient] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    var led: [ForwardedClient] { state.withLock { Array($0.led.values) } }

    func came(_ channel: any Channel) {
        state.withLock { $0.count += 1 }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock {
                $0.count -= 1
                $0.led[ObjectIdentifier(channel)] = nil
            }
        }
    }

    func isLed(_ channel: any Channel, by outgoing: any Channel) {
        guard channel.isActive, let client = channel.remoteAddress.flatMap(ForwardedClients.endpoint),
            let end = outgoing.localAddress.flatMap(ForwardedClients.endpoint)
        else { return }
        state.withLock { $0.led[ObjectIdentifier(channel)] = ForwardedClient(client: client, outgoing: end) }
    }

    private static func endpoint(_ address: SocketAddress) -> Endpoint? {
        guard let text = address.ipAddress, let port = address.port else { return nil }
        return Endpoint(address: text, port: port)
    }
}
