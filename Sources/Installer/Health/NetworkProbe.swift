// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks over TCP with SwiftNIO. Its sockets carry a mark by which they pass a hold: nobody else can tell whether the new
/// copy is ready while everybody waits.
package struct NetworkProbe: HealthProbe {
    /// What is kept of a body; the rest is not read.
    static let bodyLimit = 64 * 1024

    private let mark: UInt32?

    /// - Parameter mark: SO_MARK needs CAP_NET_ADMIN; nil leaves it out.
    package init(mark: UInt32? = NFTablesText.probeMark) { self.mark = mark }

    package func tcp(_ endpoint: Endpoint, milliseconds: Int) async -> ProbeAnswer {
        do {
            let channel = try await bootstrap(milliseconds).connect(to: address(endpoint)).get()
            try? await channel.close().get()
            return .connected
        } catch {
            return NetworkProbe.answer(for: error)
        }
    }

    package func http(_ endpoint: Endpoint, path: String, host: String?, milliseconds: Int) async -> ProbeAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: ProbeAnswer.self)
        let request = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path,
            headers: ["Host": host ?? endpoint.description, "User-Agent": "bundle-health", "Connection": "close"])
        let connecting = bootstrap(milliseconds, on: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(AnswerReader(request: request, promise: promise))
            }
        }
        // One limit over all of it: a body that trickles is as bad as none.
        let limit = loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) { promise.succeed(.timedOut) }
        let channel: (any Channel)?
        do {
            channel = try await connecting.connect(to: address(endpoint)).get()
        } catch {
            channel = nil
            promise.succeed(NetworkProbe.answer(for: error))
        }
        let answer = (try? await promise.futureResult.get()) ?? .closed
        limit.cancel()
        try? await channel?.close().get()
        return answer
    }

    private func address(_ endpoint: Endpoint) throws -> SocketAddress {
        try SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
    }

    private func bootstrap(_ milliseconds: Int, on loop: (any EventLoop)? = nil) -> ClientBootstrap {
        let group: any EventLoopGroup = loop ?? MultiThreadedEventLoopGroup.singleton
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.milliseconds(Int64(milliseconds)))
        guard let mark else { return bootstrap }
        return bootstrap.channelOption(
            ChannelOptions.socket(SocketOptionLevel(SOL_SOCKET), SocketOptionName(SO_MARK)),
            value: SocketOptionValue(mark))
    }

    static func answer(for error: any Error) -> ProbeAnswer {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED: .refused
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE: .reset
        case let error as IOError where error.errnoCode == ETIMEDOUT: .timedOut
        case let error as IOError: .fault(code: error.errnoCode)
        case ChannelError.connectTimeout: .timedOut
        case HTTPParserError.invalidEOFState: .closed
        case is HTTPParserError: .malformed
        default: .closed
        }
    }
}
