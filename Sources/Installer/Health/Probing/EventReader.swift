// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Opens a stream of server-sent events and waits for one (WHATWG HTML §9.2). A comment is no event: servers send them
/// to keep a connection open through which nothing comes.
final class EventReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let conversation: Conversation
    private let expect: String?
    /// The status of an answer that is no stream; its body is then kept as an ordinary answer's is.
    private var otherStatus: Int?
    private var body: [UInt8] = []
    private var events = EventStream()

    init(_ request: HTTPRequestHead, expect: String?, _ conversation: Conversation) {
        self.request = request
        self.expect = expect
        self.conversation = conversation
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let type = head.headers.first(name: "Content-Type") ?? ""
            let isStream = type.split(separator: ";").first?.lowercased() == "text/event-stream"
            if head.status == .ok, isStream {
                conversation.note(.events(last: nil))
            } else {
                otherStatus = Int(head.status.code)
            }
        case .body(let part):
            guard otherStatus == nil else {
                body += part.readableBytesView.prefix(NetworkProbe.bodyLimit - body.count)
                return
            }
            for event in events.take(part.readableBytesView) {
                let answer = ProbeAnswer.events(last: event)
                conversation.note(answer)
                if expect.map({ event.contains($0) }) ?? true { conversation.end(answer) }
            }
            if events.isTooLarge { conversation.end(.tooLarge(limit: NetworkProbe.bodyLimit)) }
        case .end:
            guard let otherStatus else { return conversation.close() }
            conversation.end(.http(status: otherStatus, body: String(decoding: body, as: UTF8.self)))
        }
    }
}

/// Bytes → the data of the events in them.
struct EventStream {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var endedWithReturn = false
    private(set) var isTooLarge = false

    /// - Returns: the data of each event that is complete with these bytes. An event without data is none.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [String] {
        var events: [String] = []
        for byte in bytes where !isTooLarge {
            // A line ends with CR LF, LF or CR alone.
            if byte == UInt8(ascii: "\n"), endedWithReturn {
                endedWithReturn = false
                continue
            }
            endedWithReturn = byte == UInt8(ascii: "\r")
            if endedWithReturn || byte == UInt8(ascii: "\n") {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                isTooLarge = line.count + data.count > NetworkProbe.bodyLimit
            }
        }
        return events
    }

    private mutating func endLine() -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer {
                data.removeAll(keepingCapacity: true)
                hasData = false
            }
            return hasData ? String(decoding: data, as: UTF8.self) : nil
        }
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let field = parts.first, field.elementsEqual("data".utf8) else { return nil }
        if hasData { data.append(UInt8(ascii: "\n")) }
        hasData = true
        if parts.count == 2 { data += parts[1].first == UInt8(ascii: " ") ? parts[1].dropFirst() : parts[1] }
        return nil
    }
}
