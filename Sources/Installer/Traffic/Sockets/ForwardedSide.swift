// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore

/// One of the two ends of a forwarded connection. It reads only what the other end can take, and passes the end of each
/// direction on by itself: a client may be done with asking long before it is done with reading. Both ends live on one
/// event loop.
final class ForwardedSide: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: ForwardedSide?
    private var context: ChannelHandlerContext?
    /// What came before there was another end: the kernel tells a client's end with all that was before it.
    private var early: [ByteBuffer] = []
    private var wantsRead = false
    private var inputEnded = false
    private var outputEnded = false
    private var hasFailed = false
    private(set) var isGone = false
    private let whenActive: ((ForwardedSide) -> Void)?

    init(whenActive: ((ForwardedSide) -> Void)? = nil) { self.whenActive = whenActive }

    static func join(_ client: ForwardedSide, _ service: ForwardedSide) {
        client.partner = service
        service.partner = client
        for side in [client, service] { side.passEarly() }
        for side in [client, service] { side.resume() }
    }

    private func passEarly() {
        for buffer in early { pass(buffer) }
        early = []
        partner?.context?.flush()
        if inputEnded { partner?.endOutput() }
    }

    private func pass(_ buffer: ByteBuffer) {
        partner?.context?.write(wrapOutboundOut(buffer), promise: nil)
    }

    private func resume() {
        guard wantsRead, partner?.isReady == true else { return }
        wantsRead = false
        context?.read()
    }

    private var isReady: Bool { context?.channel.isWritable == true }

    private func endOutput() {
        guard !outputEnded else { return }
        outputEnded = true
        guard let context else { return }
        // After all that still waits to be written: NIO would throw it away where the other direction has ended already.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { [self] result in
            if case .success = result { return context.close(mode: .output, promise: nil) }
            hasFailed = true
            partner?.cut()
            cut()
        }
    }

    /// The other end learns of a cut as a cut: an end in good order would make half an answer a whole one.
    func cut() {
        guard let context, !isGone else { return }
        isGone = true
        let channel = context.channel
        _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        channel.close(promise: nil)
    }

    // MARK: - Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        whenActive?(self)
    }

    func read(context: ChannelHandlerContext) {
        if partner?.isReady == true { context.read() } else { wantsRead = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if partner == nil { early.append(buffer) } else { pass(buffer) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            inputEnded = true
            partner?.endOutput()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hasFailed = true
        cut()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isGone = true
        // In good order the other end has still to write the rest, and closes by itself. NIO tells no end of input when the
        // output ended before it.
        if hasFailed || !outputEnded { partner?.cut() } else { partner?.endOutput() }
        context.fireChannelInactive()
    }
}
