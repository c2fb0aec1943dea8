// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import NIOCore
import NIOPosix

/// One connection of synthetic load.
package protocol RehearsalClient: Sendable {
    /// Connects, sends `request` if there is one, and waits for the first byte of the answer.
    func connect(to endpoint: Endpoint, request: [UInt8]?, milliseconds: Int) async -> RehearsalAnswer
}

package enum RehearsalAnswer: String, Equatable, Sendable {
    case served
    case refused
    case reset
    /// Closed before anything was said.
    case closed
    case timedOut = "timed-out"
    case failed
}

/// Over TCP with SwiftNIO, from this machine. Whatever the service answers is an answer: here only connections are judged.
package struct NetworkClient: RehearsalClient {
    package init() {}

    package func connect(to endpoint: Endpoint, request: [UInt8]?, milliseconds: Int) async -> RehearsalAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: RehearsalAnswer.self)
        let limit = loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) { promise.succeed(.timedOut) }
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.milliseconds(Int64(milliseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FirstByte(request: request, promise: promise))
                }
            }
        var channel: (any Channel)?
        do {
            channel = try await bootstrap.connect(to: SocketAddress(ipAddress: endpoint.address, port: endpoint.port))
                .get()
        } catch {
            promise.succeed(NetworkClient.answer(for: error))
        }
        let answer = (try? await promise.futureResult.get()) ?? .failed
        limit.cancel()
        try? await channel?.close().get()
        return answer
    }

    static func answer(for error: any Error) -> RehearsalAnswer {
        switch NetworkProbe.answer(for: error) {
        case .refused: .refused
        case .reset: .reset
        case .timedOut: .timedOut
        case .closed: .closed
        default: .failed
        }
    }
}

/// Succeeds its promise with the first byte; without a request, as soon as it is connected.
private final class FirstByte: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]?
    private let promise: EventLoopPromise<RehearsalAnswer>

    init(request: [UInt8]?, promise: EventLoopPromise<RehearsalAnswer>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let request else { return promise.succeed(.served) }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed(.served) }
    func channelInactive(context: ChannelHandlerContext) { promise.succeed(.closed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(NetworkClient.answer(for: error))
        context.close(promise: nil)
    }
}
