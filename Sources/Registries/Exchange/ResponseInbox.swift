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
    private var interimAnswers = 0
    private var bodyBytes: Int64 = 0
    private var timer: Scheduled<Void>?

    /// RFC 9110 §15.2 has no limit; nobody needs more.
    private static let interimLimit = 8

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(ChannelError.ioOnClosedChannel)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch part {
        case .head(let head) where head.status.code < 200 && head.status != .switchingProtocols:
            interimAnswers += 1
            if interimAnswers > ResponseInbox.interimLimit { end(ExchangeFault(silence: .notHTTP), context) }
            return
        case .body(let bytes): bodyBytes += Int64(bytes.readableBytes)
        case .head, .end: break
        }
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
        end(error, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            end(ExchangeTimeout(), context)
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

    // MARK: Time

    func expire(after time: TimeAmount) {
        schedule(after: time) { inbox, context in inbox.end(ExchangeTimeout(), context) }
    }

    /// Whoever takes parts slower than they come is not who is waited for.
    func demandProgress(_ least: Int64, within time: TimeAmount) {
        let before = bodyBytes
        schedule(after: time) { inbox, context in
            guard inbox.waiting == nil || inbox.bodyBytes - before >= least else {
                return inbox.end(ExchangeTimeout(), context)
            }
            inbox.demandProgress(least, within: time)
        }
    }

    /// In place of what was scheduled before.
    private func schedule(after time: TimeAmount, _ work: @escaping (ResponseInbox, ChannelHandlerContext) -> Void) {
        timer?.cancel()
        guard let context, fault == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            if let self, let context = self.context { work(self, context) }
        }
    }

    private func end(_ error: any Error, _ context: ChannelHandlerContext) {
        fail(error)
        context.close(promise: nil)
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
