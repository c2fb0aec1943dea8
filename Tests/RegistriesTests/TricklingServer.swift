// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import Synchronization

/// Answers whatever it hears with the same bytes, and then with some more, for ever.
final class TricklingServer: Sendable {
    private let channel: any Channel
    private let count: Counter

    var name: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var connections: Int { count.value.withLock { $0 } }

    init(_ first: String, more: String) async throws {
        let counter = Counter()
        count = counter
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                counter.value.withLock { $0 += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Trickling(first, more))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private final class Trickling: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let first: String
        private let more: String
        private var task: RepeatedTask?

        init(_ first: String, _ more: String) {
            self.first = first
            self.more = more
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard task == nil else { return }
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(string: first), promise: nil)
            task = context.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(5), delay: .milliseconds(5)
            ) { [more] _ in channel.writeAndFlush(ByteBuffer(string: more), promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) { task?.cancel() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
