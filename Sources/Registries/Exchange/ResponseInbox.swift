// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix

/// Keeps the parts of a response until they are asked for. While any wait, nothing more is read from the network: a layer
/// is never held in memory, however slow the disk.
///
/// All of it happens on the channel's event loop.
final class ResponseInbox: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private var parts: CircularBuffer<HTTPClientResponsePart> = []
    var hasParts: Bool { !parts.isEmpty }
    private var waiting: EventLoopPromise<HTTPClientResponsePart>?
    /// Why nothing more will come.
    private(set) var fault: (any Error)?
    private var readHeldBack = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(ChannelError.ioOnClosedChannel)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard let promise = waiting else { return parts.append(part) }
        waiting = nil
        promise.succeed(part)
    }

    func read(context: ChannelHandlerContext) {
        guard parts.isEmpty else {
            readHeldBack = true
            return
        }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            fail(ExchangeTimeout())
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The next part; called on the event loop, one at a time.
    func next(_ promise: EventLoopPromise<HTTPClientResponsePart>) {
        if let part = parts.popFirst() {
            promise.succeed(part)
        } else if let fault {
            promise.fail(fault)
        } else {
            waiting = promise
        }
        if parts.isEmpty, readHeldBack {
            readHeldBack = false
            context?.read()
        }
    }

    /// The first one is the reason; what follows it, like the end of the connection, is its consequence.
    private func fail(_ error: any Error) {
        if fault == nil { fault = error }
        waiting?.fail(fault ?? error)
        waiting = nil
    }
}

/// Nothing moved for too long.
struct ExchangeTimeout: Error {}
