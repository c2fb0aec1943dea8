// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// A gRPC server on loopback that sends what it was told.
final class CallServer: Sendable {
    struct Behaviour: Sendable {
        var message: [UInt8] = [0, 0, 0, 0, 2, 0x08, 0x01]
        /// nil: no trailers.
        var status: String? = "0"
        var words: String?
        var http = "200"
        /// Headers that go on and on.
        var padding = 0
        var isSilent = false
    }

    let endpoint: Endpoint
    private let channel: any Channel

    init(_ behaviour: Behaviour = Behaviour(), tls: NIOSSLContext? = nil) async throws {
        let note = Notes()
        notes = note
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    _ = try pipeline.configureHTTP2Pipeline(
                        mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { stream in
                        stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandler(Callee(behaviour, note))
                        }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        endpoint = Endpoint(address: "127.0.0.1", port: channel.localAddress?.port ?? 0)
    }

    final class Notes: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let notes: Notes

    /// - Returns: headers and message of each call.
    func stop() async -> [String] {
        try? await channel.close().get()
        return notes.lines.withLock { $0 }
    }
}

private final class Callee: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let behaviour: CallServer.Behaviour
    private let notes: CallServer.Notes

    init(_ behaviour: CallServer.Behaviour, _ notes: CallServer.Notes) {
        self.behaviour = behaviour
        self.notes = notes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            notes.lines.withLock { lines in lines += frame.headers.map { "\($0.name): \($0.value)" } }
        case .data(let frame):
            guard case .byteBuffer(let bytes) = frame.data, frame.endStream else { return }
            notes.lines.withLock { $0.append("\(Array(bytes.readableBytesView))") }
            if !behaviour.isSilent { answer(context) }
        default: break
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        var headers: HPACKHeaders = [":status": behaviour.http, "content-type": "application/grpc"]
        for index in 0..<behaviour.padding {
            headers.add(name: "x-\(index)", value: String(repeating: "a", count: 1000))
        }
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        let bytes = IOData.byteBuffer(ByteBuffer(bytes: behaviour.message))
        let isLast = behaviour.status == nil
        context.write(wrapOutboundOut(.data(.init(data: bytes, endStream: isLast))), promise: nil)
        if let status = behaviour.status {
            var trailers: HPACKHeaders = ["grpc-status": status]
            if let words = behaviour.words { trailers.add(name: "grpc-message", value: words) }
            context.write(wrapOutboundOut(.headers(.init(headers: trailers, endStream: true))), promise: nil)
        }
        context.flush()
    }
}
