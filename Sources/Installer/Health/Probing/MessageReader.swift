// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Asks for the upgrade to a WebSocket; gone from the pipeline when it was granted. An answer that comes here is a refusal.
final class UpgradeReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let conversation: Conversation
    private var status = 0
    private var body: [UInt8] = []

    init(_ request: HTTPRequestHead, _ conversation: Conversation) {
        self.request = request
        self.conversation = conversation
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let part): body += part.readableBytesView.prefix(NetworkProbe.bodyLimit - body.count)
        case .end: conversation.end(.http(status: status, body: String(decoding: body, as: UTF8.self)))
        }
    }
}

/// Reads messages of an open WebSocket (RFC 6455) until one holds what is expected.
final class MessageReader: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let text: String?
    private let expect: String?
    private let conversation: Conversation
    private var message: [UInt8] = []

    init(send text: String?, expect: String?, _ conversation: Conversation) {
        self.text = text
        self.expect = expect
        self.conversation = conversation
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let opened = ProbeAnswer.webSocket(last: nil)
        guard expect != nil else { return conversation.end(opened) }
        conversation.note(opened)
        guard let text else { return }
        send(.text, ByteBuffer(string: text), context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary, .continuation:
            if frame.opcode != .continuation { message.removeAll() }
            let part = frame.unmaskedData
            guard message.count + part.readableBytes <= NetworkProbe.bodyLimit else {
                return conversation.end(.tooLarge(limit: NetworkProbe.bodyLimit))
            }
            message += part.readableBytesView
            guard frame.fin else { return }
            judge(String(decoding: message, as: UTF8.self))
        case .ping: send(.pong, frame.unmaskedData, context)
        case .connectionClose: conversation.close()
        default: break
        }
    }

    private func judge(_ message: String) {
        let answer = ProbeAnswer.webSocket(last: message)
        conversation.note(answer)
        if expect.map({ message.contains($0) }) ?? true { conversation.end(answer) }
    }

    /// What a client sends is masked (RFC 6455 §5.3).
    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}
