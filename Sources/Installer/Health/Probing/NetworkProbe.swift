// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import NIOCore
import NIOPosix
import NIOSSL

/// Asks over TCP with SwiftNIO. Its sockets carry a mark by which they pass a hold: nobody else can tell whether the new
/// copy is ready while everybody waits.
package struct NetworkProbe: HealthProbe {
    /// What is kept of a body, a message, an event; the rest is not read.
    static let bodyLimit = 64 * 1024
    /// A page of metrics is read whole or not at all.
    static let pageLimit = 8 << 20

    private let mark: UInt32?
    /// Seconds since 1970, for certificates.
    private let now: @Sendable () -> Int64

    /// - Parameter mark: SO_MARK needs CAP_NET_ADMIN; nil leaves it out.
    package init(
        mark: UInt32? = NFTablesText.probeMark, now: @escaping @Sendable () -> Int64 = { SystemClock().wallSeconds() }
    ) {
        self.mark = mark
        self.now = now
    }

    package func ask(_ question: ProbeQuestion) async -> ProbeAnswer {
        guard let certificates = question.certificates else { return await converse(question, proof: nil) }
        let end = NIODeadline.now() + .milliseconds(Int64(question.milliseconds))
        do {
            let identity = try ServerIdentity(certificates: certificates, host: question.host ?? "", now: now())
            let answer = await converse(question, proof: try ServerProof(identity, .chain, for: question.kind))
            guard case .unproven(.unknownIssuer) = answer else { return answer }
            // BoringSSL wants a chain to an authority, and says only that there is none. The server's own certificate may
            // be what the site gave; if not, this second look finds out what is wrong with it.
            var again = question
            again.milliseconds = Int(max(1, (end - .now()).nanoseconds / 1_000_000))
            return await converse(again, proof: try ServerProof(identity, .pinned, for: question.kind))
        } catch {
            return .notRun("\(error)")
        }
    }

    /// One connection, from its first packet to its answer, under one limit: a body that trickles is as bad as none.
    private func converse(_ question: ProbeQuestion, proof: ServerProof?) async -> ProbeAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let conversation = Conversation(promise: loop.makePromise(of: ProbeAnswer.self))
        let limit = loop.scheduleTask(in: .milliseconds(Int64(question.milliseconds))) { conversation.timeOut() }
        let connecting = bootstrap(question.milliseconds, on: loop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let proof { try pipeline.addHandler(try proof.handler()) }
                try question.prepare(channel, conversation)
                try pipeline.addHandler(ConversationEnd(conversation, proof: proof))
            }
        }
        return await withTaskCancellationHandler {
            var channel: (any Channel)?
            do {
                let address = try SocketAddress(ipAddress: question.endpoint.address, port: question.endpoint.port)
                channel = try await connecting.connect(to: address).get()
            } catch {
                conversation.end(NetworkProbe.answer(for: error))
            }
            let answer = (try? await conversation.promise.futureResult.get()) ?? .closed
            limit.cancel()
            channel?.close(promise: nil)
            return answer
        } onCancel: {
            conversation.end(.closed)
        }
    }

    private func bootstrap(_ milliseconds: Int, on loop: any EventLoop) -> ClientBootstrap {
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.milliseconds(Int64(milliseconds)))
        guard let mark else { return bootstrap }
        return bootstrap.channelOption(
            ChannelOptions.socket(SocketOptionLevel(SOL_SOCKET), SocketOptionName(SO_MARK)),
            value: SocketOptionValue(mark))
    }
}
