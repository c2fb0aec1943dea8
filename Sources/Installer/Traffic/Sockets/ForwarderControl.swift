// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import HostSystem
import NIOCore
package import NIOPosix

/// The Unix socket at which a forwarder is asked: one question, ended by the asker's end, and one answer. Its directory is
/// its user's and root's alone.
package struct ForwarderControl: Sendable {
    private let path: HostPath

    package init(at path: HostPath) { self.path = path }

    package func serve(_ forwarder: Forwarder, on group: MultiThreadedEventLoopGroup) async throws {
        _ = try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ControlConversation(forwarder))
                }
            }
            .bind(unixDomainSocketPath: path.text, cleanupExistingSocketFile: true).get()
    }

    /// - Throws: `SystemCallError` when nobody answers there, `TrafficError` when the answer is none.
    package func ask(_ question: ForwarderQuestion) throws -> ForwarderAnswer {
        let text = String(decoding: try JSONEncoder().encode(question), as: UTF8.self)
        let bytes = try ControlSocket.ask(path, text)
        guard let answer = try? JSONDecoder().decode(ForwarderAnswer.self, from: Data(bytes)) else {
            throw TrafficError.unreadable(String(decoding: bytes.prefix(200), as: UTF8.self))
        }
        return answer
    }
}

private final class ControlConversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let forwarder: Forwarder
    private var question: [UInt8] = []

    init(_ forwarder: Forwarder) { self.forwarder = forwarder }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        question += Array(unwrapInboundIn(data).readableBytesView)
        if question.count > 4 << 20 { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        let channel = context.channel
        let asked = try? JSONDecoder().decode(ForwarderQuestion.self, from: Data(question))
        Task { [forwarder] in
            if let asked, let answer = try? await forwarder.answer(asked), let bytes = try? JSONEncoder().encode(answer)
            {
                try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
            }
            try? await channel.close()
        }
    }
}
