// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// A WebSocket server on loopback.
final class SocketServer: Sendable {
    enum Behaviour: Sendable {
        case echo
        /// A binary message, as nats-server does.
        case greets(String)
        /// One message in pieces, with a ping between them.
        case fragments([String])
        /// A message larger than anybody wants.
        case huge
    }

    let endpoint: Endpoint
    private let channel: any Channel

    init(_ behaviour: Behaviour) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                let upgrader = NIOWebSocketServerUpgrader(
                    maxFrameSize: 1 << 20,
                    shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                    upgradePipelineHandler: { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Speaker(behaviour))
                        }
                    })
                return channel.pipeline.configureHTTPServerPipeline(
                    withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        endpoint = Endpoint(address: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    func stop() async { try? await channel.close().get() }
}

private final class Speaker: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let behaviour: SocketServer.Behaviour

    init(_ behaviour: SocketServer.Behaviour) { self.behaviour = behaviour }

    func handlerAdded(context: ChannelHandlerContext) {
        switch behaviour {
        case .echo: break
        case .greets(let text): send(.binary, text, context)
        case .fragments(let parts):
            for (index, part) in parts.enumerated() {
                send(index == 0 ? .text : .continuation, part, isLast: index == parts.count - 1, context)
                send(.ping, "?", context)
            }
        case .huge:
            let part = String(repeating: "a", count: 60_000)
            for index in 0..<20 { send(index == 0 ? .text : .continuation, part, isLast: index == 19, context) }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.opcode == .text, frame.maskKey != nil else { return }
        send(.text, String(buffer: frame.unmaskedData), context)
    }

    private func send(
        _ opcode: WebSocketOpcode, _ text: String, isLast: Bool = true, _ context: ChannelHandlerContext
    ) {
        let frame = WebSocketFrame(fin: isLast, opcode: opcode, data: ByteBuffer(string: text))
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
