// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One request and its answer, over a connection of their own (RFC 9112).
///
/// No connection is kept: a stale one that dies under an upload costs more than a handshake, and registries in front of
/// object stores close theirs anyway.
final class Exchange: Sendable {
    struct Limits: Sendable {
        var connectSeconds: Int64 = 15
        /// How long nothing may move. Registries hash a layer before they answer its last byte.
        var idleSeconds: Int64 = 120
        /// For an answer and its body, a document.
        var document: TimeAmount = .seconds(60)
        /// For the answer to what was sent up: registries hash a layer before.
        var hashing: TimeAmount = .seconds(600)
        /// For each `leastProgress` of a blob that we wait for.
        var progress: TimeAmount = .seconds(60)
    }

    /// Bytes of a blob; a connection that brings less is as one that failed.
    static let leastProgress: Int64 = 64 << 10

    private let channel: any Channel
    private let inbox: NIOLoopBound<ResponseInbox>
    private let origin: Origin

    /// - Throws: `ExchangeFault` in place of what the network says.
    static func open(_ origin: Origin, tls: NIOSSLContext?, limits: Limits) async throws -> Exchange {
        NameLookup.plainly
        do {
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(limits.connectSeconds))
                .channelOption(.socketOption(.so_keepalive), value: 1)
            let channel = try await bootstrap.connect(host: origin.host, port: origin.port).get()
            do {
                let inbox = try await channel.eventLoop.submit {
                    try Exchange.build(channel, origin, tls, limits)
                }.get()
                return Exchange(channel, inbox, origin)
            } catch {
                channel.close(promise: nil)
                throw error
            }
        } catch {
            throw ExchangeFault(error)
        }
    }

    private init(_ channel: any Channel, _ inbox: NIOLoopBound<ResponseInbox>, _ origin: Origin) {
        self.channel = channel
        self.inbox = inbox
        self.origin = origin
    }

    deinit { channel.close(promise: nil) }

    private static func build(
        _ channel: any Channel, _ origin: Origin, _ tls: NIOSSLContext?, _ limits: Limits
    ) throws -> NIOLoopBound<ResponseInbox> {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            // An address is compared with the certificate's addresses, a name is also sent (RFC 6066 §3).
            let isName = (try? SocketAddress(ipAddress: origin.host, port: 0)) == nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isName ? origin.host : nil))
        }
        try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(limits.idleSeconds)))
        // As `addHTTPClientHandlers` does, but interim answers are seen, to be counted.
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .forward)))
        try pipeline.addHandler(NIOHTTPRequestHeadersValidator())
        let inbox = ResponseInbox()
        try pipeline.addHandler(inbox)
        return NIOLoopBound(inbox, eventLoop: channel.eventLoop)
    }

    func close() { channel.close(promise: nil) }

    /// Ends the exchange when its answer is not there, whole, after that time: also when something always comes, an interim
    /// answer, a byte each minute, a chunk's extension. Counts anew from here.
    func expire(after time: TimeAmount) {
        channel.eventLoop.execute { self.inbox.value.expire(after: time) }
    }

    /// Ends the exchange when a body brings less than `leastProgress` in that time while we wait for it.
    func demandProgress(within time: TimeAmount) {
        channel.eventLoop.execute { self.inbox.value.demandProgress(Exchange.leastProgress, within: time) }
    }

    // MARK: Sending

    /// Sends a request whole. A registry may answer before it has heard all of it, and close; then its answer counts.
    ///
    /// - Throws: `ExchangeFault`; what a stream throws that is sent.
    func send(_ request: Request) async throws {
        do {
            switch request.body {
            case .none: try await write([.head(head(request)), .end(nil)])
            case .bytes(let bytes):
                try await write([.head(head(request)), .body(.byteBuffer(ByteBuffer(bytes: bytes))), .end(nil)])
            case .stream(_, let writing):
                try await write([.head(head(request))])
                try await stream(writing)
                try await write([.end(nil)])
            }
        } catch let fault as ExchangeFault {
            guard try await hasAnswer() else { throw fault }
        }
    }

    private func head(_ request: Request) -> HTTPRequestHead {
        var fields = HTTPHeaders([("host", origin.authority), ("user-agent", "bundle/1"), ("connection", "close")])
        fields.add(contentsOf: request.headers)
        if let length = request.length { fields.add(name: "content-length", value: "\(length)") }
        return HTTPRequestHead(version: .http1_1, method: request.method, uri: request.place.target, headers: fields)
    }

    private func write(_ parts: [HTTPClientRequestPart]) async throws {
        try await naming {
            let written = parts.map { self.channel.write($0) }
            self.channel.flush()
            for future in written { try await future.get() }
        }
    }

    /// Takes what a blocking writer gives, on a thread of its own; each write waits until the kernel has taken it.
    private func stream(_ writing: @escaping @Sendable (any ByteSink) throws -> Void) async throws {
        try await withTaskCancellationHandler {
            do {
                try await NIOThreadPool.singleton.runIfActive { try writing(ChannelSink(self.channel)) }
            } catch let fault as ExchangeFault {
                try Task.checkCancellation()
                throw ExchangeFault(await reason(for: fault))
            }
        } onCancel: {
            close()
        }
    }

    // MARK: Receiving

    /// The status line and headers; the inbox passes over those of interim answers.
    func head() async throws -> HTTPResponseHead {
        while true {
            if case .head(let head) = try await next() { return head }
        }
    }

    /// Some bytes of the body; nil at its end.
    func body() async throws -> ByteBuffer? {
        while true {
            switch try await next() {
            case .body(let bytes): return bytes
            case .end: return nil
            case .head: continue
            }
        }
    }

    private func next() async throws -> HTTPClientResponsePart {
        try await naming {
            let promise = self.channel.eventLoop.makePromise(of: HTTPClientResponsePart.self)
            self.channel.eventLoop.execute { self.inbox.value.next(promise) }
            return try await promise.futureResult.get()
        }
    }

    private func hasAnswer() async throws -> Bool {
        (try? await channel.eventLoop.submit { self.inbox.value.hasParts }.get()) ?? false
    }

    private func naming<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        try await withTaskCancellationHandler {
            do {
                return try await work()
            } catch {
                try Task.checkCancellation()
                throw ExchangeFault(await reason(for: error))
            }
        } onCancel: {
            close()
        }
    }

    /// A write fails because the connection is closed; why it was closed, the inbox was told.
    private func reason(for error: any Error) async -> any Error {
        let found = try? await channel.eventLoop.submit { self.inbox.value.fault.map { ExchangeFault($0) } }.get()
        return (found ?? nil) ?? error
    }
}

/// Body bytes of a request.
private final class ChannelSink: ByteSink {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        do {
            try channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes)))).wait()
        } catch {
            throw ExchangeFault(error)
        }
    }
}
