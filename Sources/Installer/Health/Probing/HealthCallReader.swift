// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Makes the call on its stream and reads what comes back: headers, one message, trailers with the call's status.
final class HealthCallReader: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Many times what an answer has.
    private static let messageLimit = 4096

    private let call: HealthCall
    private let conversation: Conversation
    private var message: [UInt8] = []

    init(_ call: HealthCall, _ conversation: Conversation) {
        self.call = call
        self.conversation = conversation
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.headers(.init(headers: call.headers))), promise: nil)
        let data = HTTP2Frame.FramePayload.Data(
            data: .byteBuffer(ByteBuffer(bytes: call.request)), endStream: true)
        context.writeAndFlush(wrapOutboundOut(.data(data)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame): read(frame.headers, isLast: frame.endStream)
        case .data(let frame):
            guard case .byteBuffer(let bytes) = frame.data else { return }
            guard message.count + bytes.readableBytes <= HealthCallReader.messageLimit else {
                return conversation.end(.tooLarge(limit: HealthCallReader.messageLimit))
            }
            message += bytes.readableBytesView
            // Its status belongs into trailers: without them there is none.
            if frame.endStream { conversation.end(.malformed) }
        case .rstStream: conversation.end(.reset)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { conversation.close() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        conversation.end(NetworkProbe.answer(for: error))
    }

    private func read(_ headers: HPACKHeaders, isLast: Bool) {
        if let text = headers.first(name: ":status"), let status = Int(text), status != 200, status >= 200 {
            // A proxy's or a plain web server's word: no gRPC here.
            return conversation.end(.http(status: status, body: ""))
        }
        guard isLast else { return }
        guard let text = headers.first(name: "grpc-status"), let status = Int(text) else {
            return conversation.end(.malformed)
        }
        let words = String((headers.first(name: "grpc-message") ?? "").prefix(200))
        guard status == 0 else { return conversation.end(.grpc(status: status, message: words, serving: nil)) }
        guard let serving = HealthCall.status(in: message) else { return conversation.end(.malformed) }
        conversation.end(.grpc(status: 0, message: words, serving: serving))
    }
}
