// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOCore
import NIOHTTP1
import NIOPosix

/// A registry on the loopback interface, for as long as images are loaded: podman, docker and containerd pull from it the
/// layers that they lack, streamed out of the packs, and no file of the image is made on the way.
final class ImageEndpoint: Sendable {
    /// Streams a content; called on threads of its own, several at a time.
    typealias Opening = @Sendable (_ content: Digest, _ sink: any ByteSink) throws -> Void

    /// Runtimes ask for many layers at once; each that is unpacked costs memory, and more than a processor each gains nothing.
    private static let unpackedAtOnce = 2

    private let channel: any Channel
    private let threads: NIOThreadPool
    let port: Int

    /// - Throws: what binding to a free port of 127.0.0.1 throws.
    init(_ shelf: ImageShelf, opening: @escaping Opening) async throws {
        let threads = NIOThreadPool(numberOfThreads: ImageEndpoint.unpackedAtOnce)
        threads.start()
        self.threads = threads
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ImageAnswering(shelf, threads, opening))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    func close() async {
        try? await channel.close().get()
        try? await threads.shutdownGracefully()
    }
}

/// Answers one request after the other. Blobs are written from another thread, which waits until the client has taken what
/// was written: no layer is ever held in memory.
private final class ImageAnswering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let shelf: ImageShelf
    private let threads: NIOThreadPool
    private let opening: ImageEndpoint.Opening
    private var request: HTTPRequestHead?

    init(_ shelf: ImageShelf, _ threads: NIOThreadPool, _ opening: @escaping ImageEndpoint.Opening) {
        self.shelf = shelf
        self.threads = threads
        self.opening = opening
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end: if let request { answer(request, context.channel) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ request: HTTPRequestHead, _ channel: any Channel) {
        let hasBody = request.method != .HEAD
        guard [.GET, .HEAD].contains(request.method) else {
            return send(.methodNotAllowed, [("content-length", "0")], [], channel)
        }
        switch shelf.answer(to: request.uri) {
        case .present:
            send(
                .ok, [("content-length", "2"), ("content-type", "application/json")], hasBody ? [123, 125] : [], channel
            )
        case .unknown:
            let text = Array(#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#.utf8)
            send(.notFound, [("content-length", "\(text.count)")], hasBody ? text : [], channel)
        case .manifest(let bytes, let type, let digest):
            let headers = [
                ("content-length", "\(bytes.count)"), ("content-type", type),
                ("docker-content-digest", "sha256:\(digest)"),
            ]
            send(.ok, headers, hasBody ? bytes : [], channel)
        case .blob(let digest, let bytes):
            let headers = [
                ("content-length", "\(bytes)"), ("content-type", "application/octet-stream"),
                ("docker-content-digest", "sha256:\(digest)"),
            ]
            guard hasBody else { return send(.ok, headers, [], channel) }
            stream(digest, headers, channel)
        }
    }

    private func send(
        _ status: HTTPResponseStatus, _ headers: [(String, String)], _ body: [UInt8], _ channel: any Channel
    ) {
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(headers))
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if !body.isEmpty {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }

    private func stream(_ content: Digest, _ headers: [(String, String)], _ channel: any Channel) {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: HTTPHeaders(headers))
        let opening = opening
        // At once, so that who waits for a thread knows that it is served.
        channel.writeAndFlush(HTTPServerResponsePart.head(head), promise: nil)
        threads.submit { state in
            guard state == .active else { return channel.close(promise: nil) }
            do {
                try opening(content, ChannelSink(channel))
                try channel.writeAndFlush(HTTPServerResponsePart.end(nil)).wait()
            } catch {
                // Too late for a status: an answer that is cut off is no answer, and the runtime says so.
                channel.close(promise: nil)
            }
        }
    }
}

/// Body bytes of an answer; each write waits until the kernel has taken them.
private final class ChannelSink: ByteSink {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        try channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes)))).wait()
    }
}
