// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOWebSocket

extension ProbeQuestion {
    /// Puts what asks this question and reads its answer into a new connection's pipeline.
    func prepare(_ channel: any Channel, _ conversation: Conversation) throws {
        let pipeline = channel.pipeline.syncOperations
        switch kind {
        case .tcp: try pipeline.addHandler(ArrivalReader(conversation))
        case .http(let path):
            try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: ProbeQuestion.headerLimits)
            let limit = NetworkProbe.bodyLimit
            try pipeline.addHandler(AnswerReader(head(path), limit: limit, isWhole: false, conversation))
        case .page(let path):
            try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: ProbeQuestion.headerLimits)
            let head = head(path, accept: "text/plain; version=0.0.4")
            try pipeline.addHandler(AnswerReader(head, limit: NetworkProbe.pageLimit, isWhole: true, conversation))
        case .events(let path, let expect):
            try pipeline.addHTTPClientHandlers(decoderLimitConfiguration: ProbeQuestion.headerLimits)
            let head = head(path, accept: "text/event-stream")
            try pipeline.addHandler(EventReader(head, expect: expect, conversation))
        case .webSocket(let path, let send, let expect):
            try prepareWebSocket(channel, path: path, conversation) {
                MessageReader(send: send, expect: expect, conversation)
            }
        case .grpc(let service):
            try prepareCall(channel, service: service, conversation)
        }
    }

    private static var headerLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 256 * 1024
        return limits
    }

    private func head(_ path: String, accept: String = "*/*", upgrading: Bool = false) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["Host": host ?? endpoint.description, "User-Agent": "bundle-health"]
        if !upgrading { headers.add(contentsOf: ["Accept": accept, "Connection": "close"]) }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers)
    }

    private func prepareWebSocket(
        _ channel: any Channel, path: String, _ conversation: Conversation,
        reader: @escaping @Sendable () -> MessageReader
    ) throws {
        let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: NetworkProbe.bodyLimit) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                // The end of the pipeline stands before what an upgrade adds; this one hears what comes after it.
                try channel.pipeline.syncOperations.addHandlers([reader(), ConversationEnd(conversation, proof: nil)])
            }
        }
        let first = UpgradeReader(head(path, upgrading: true), conversation)
        try channel.pipeline.syncOperations.addHTTPClientHandlers(
            leftOverBytesStrategy: .forwardBytes, decoderLimitConfiguration: ProbeQuestion.headerLimits,
            withClientUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    let pipeline = context.pipeline.syncOperations
                    if let reader = try? pipeline.handler(type: UpgradeReader.self) {
                        pipeline.removeHandler(reader, promise: nil)
                    }
                }
            ))
        try channel.pipeline.syncOperations.addHandler(first)
    }

    private func prepareCall(_ channel: any Channel, service: String, _ conversation: Conversation) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 16 * 1024),
        ]
        let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .client, connectionConfiguration: connection, streamConfiguration: .init()
        ) { stream in stream.close() }
        let call = HealthCall(
            service: service, authority: host ?? endpoint.description, isSecure: certificates != nil,
            milliseconds: milliseconds)
        let stream = multiplexer.createStreamChannel { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HealthCallReader(call, conversation))
            }
        }
        stream.whenFailure { conversation.end(NetworkProbe.answer(for: $0)) }
    }
}
