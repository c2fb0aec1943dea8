// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Sends one request and keeps the status and the beginning of the body. It follows nothing: a redirect is an answer.
final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let promise: EventLoopPromise<ProbeAnswer>
    private var status: Int?
    private var body: [UInt8] = []

    init(request: HTTPRequestHead, promise: EventLoopPromise<ProbeAnswer>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
        case .body(let part):
            body += part.readableBytesView.prefix(NetworkProbe.bodyLimit - body.count)
            if body.count >= NetworkProbe.bodyLimit { finish(context) }
        case .end:
            finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.succeed(.closed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(NetworkProbe.answer(for: error))
        context.close(promise: nil)
    }

    /// A promise keeps its first answer; a later one is dropped by it.
    private func finish(_ context: ChannelHandlerContext) {
        promise.succeed(.http(status: status ?? 0, body: String(decoding: body, as: UTF8.self)))
        context.close(promise: nil)
    }
}
