// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Synchronization

/// One question's answer in the making. The first one counts.
final class Conversation: Sendable {
    let promise: EventLoopPromise<ProbeAnswer>
    /// What is known when time runs out: better than that nothing came.
    private let known = Mutex<ProbeAnswer>(.timedOut)

    init(promise: EventLoopPromise<ProbeAnswer>) { self.promise = promise }

    func end(_ answer: ProbeAnswer) { promise.succeed(answer) }
    func note(_ answer: ProbeAnswer) { known.withLock { $0 = answer } }
    func timeOut() { promise.succeed(known.withLock { $0 }) }

    /// The peer went away: what it said until then does not count, unless it was all.
    func close() { promise.succeed(.closed) }
}

/// A connection is all that is asked for. It says so before anything else can happen to it: a server may close at once.
final class ArrivalReader: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let conversation: Conversation

    init(_ conversation: Conversation) { self.conversation = conversation }

    func channelActive(context: ChannelHandlerContext) { conversation.end(.connected) }
}

/// The end of every pipeline: errors and endings that no handler before it took are answers too.
final class ConversationEnd: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let conversation: Conversation
    private let proof: ServerProof?

    init(_ conversation: Conversation, proof: ServerProof?) {
        self.conversation = conversation
        self.proof = proof
    }

    func channelInactive(context: ChannelHandlerContext) { conversation.close() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let answer = NetworkProbe.answer(for: error)
        if case .unproven(.unknownIssuer) = answer, let fault = proof?.fault {
            conversation.end(.unproven(fault))
        } else {
            conversation.end(answer)
        }
        context.close(promise: nil)
    }
}
