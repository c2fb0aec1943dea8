// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback that sends what it was told, whatever it was asked.
final class RawServer: Sendable {
    enum Behaviour: Sendable {
        case answer(String)
        case answerAndClose(String)
        /// The text, then bytes for as long as somebody reads.
        case endless(String)
        /// RST after the request.
        case reset
        case silent
        /// The text, a byte at a time, this many milliseconds apart.
        case drip(String, milliseconds: Int)
    }

    let endpoint: Endpoint
    private let channel: any Channel
    private let requests = RequestLog()

    /// - Parameter tls: what the server proves itself by; nil: plain text.
    init(_ behaviour: Behaviour, tls: NIOSSLContext? = nil) async throws {
        let requests = requests
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Responder(behaviour, log: requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        endpoint = Endpoint(address: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    /// - Returns: all that clients sent.
    func stop() async -> String {
        try? await channel.close().get()
        return requests.text.withLock { $0 }
    }
}

final class RequestLog: Sendable {
    let text = Mutex("")
}

private final class Responder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: RawServer.Behaviour
    private let log: RequestLog
    private var isEndless = false

    init(_ behaviour: RawServer.Behaviour, log: RequestLog) {
        self.behaviour = behaviour
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = String(buffer: unwrapInboundIn(data))
        log.text.withLock { $0 += request }
        switch behaviour {
        case .answer(let text): send(text, context)
        case .answerAndClose(let text):
            send(text, context)
            context.close(promise: nil)
        case .endless(let text):
            send(text, context)
            isEndless = true
            pour(context)
        case .reset:
            guard let socket = context.channel as? any SocketOptionProvider else { return }
            let channel = context.channel
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        case .silent: break
        case .drip(let text, let milliseconds): drip(Array(text.utf8)[...], milliseconds, context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { pour(context) }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func drip(_ bytes: ArraySlice<UInt8>, _ milliseconds: Int, _ context: ChannelHandlerContext) {
        guard let byte = bytes.first, context.channel.isActive else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            bound.value.0.drip(bytes.dropFirst(), milliseconds, bound.value.1)
        }
    }

    private func pour(_ context: ChannelHandlerContext) {
        let part = ByteBuffer(repeating: UInt8(ascii: "x"), count: 8192)
        while isEndless, context.channel.isActive, context.channel.isWritable {
            context.writeAndFlush(wrapOutboundOut(part), promise: nil)
        }
    }
}
