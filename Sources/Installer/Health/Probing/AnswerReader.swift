// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Sends one request and keeps the status and the beginning of the body. It follows nothing: a redirect is an answer.
final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let conversation: Conversation
    private let limit: Int
    /// Whether a body past the limit is no answer.
    private let isWhole: Bool
    private var status: Int?
    private var body: [UInt8] = []

    init(_ request: HTTPRequestHead, limit: Int, isWhole: Bool, _ conversation: Conversation) {
        self.request = request
        self.limit = limit
        self.isWhole = isWhole
        self.conversation = conversation
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
            let room = limit - body.count
            body += part.readableBytesView.prefix(room)
            if isWhole, part.readableBytes > room { return conversation.end(.tooLarge(limit: limit)) }
            if !isWhole, body.count >= limit { finish(context) }
        case .end:
            finish(context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        conversation.end(.http(status: status ?? 0, body: String(decoding: body, as: UTF8.self)))
        context.close(promise: nil)
    }
}
