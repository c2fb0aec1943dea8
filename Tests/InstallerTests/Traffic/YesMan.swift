// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HostSystem
import NIOCore
import NIOPosix

@testable import Installer

/// Stands in for a forwarder at its control socket. It answers on its own thread: whoever asks here blocks one of those that
/// tests run on.
final class YesMan: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    static func stand(at control: HostPath) async throws {
        let answer = ForwarderAnswer(routes: ForwarderRoutes(), listening: [], held: [], open: 0)
        let bytes = Array(try JSONEncoder().encode(answer))
        _ = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(YesMan(bytes))
                }
            }
            .bind(unixDomainSocketPath: control.text).get()
    }

    private let answer: [UInt8]

    init(_ answer: [UInt8]) { self.answer = answer }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return }
        let channel = context.channel
        channel.writeAndFlush(ByteBuffer(bytes: answer)).whenComplete { _ in channel.close(promise: nil) }
    }
}
