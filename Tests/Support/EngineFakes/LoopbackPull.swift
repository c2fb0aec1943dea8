// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix

/// The first thing that a container runtime asks a registry for: an image's manifest.
enum LoopbackPull {
    /// - Parameter reference: `127.0.0.1:PORT/REPOSITORY:TAG`.
    /// - Returns: the digest of its config; nil when it is not answered with 200.
    static func config(of reference: String) async throws -> Digest? {
        struct Manifest: Decodable {
            struct Config: Decodable { let digest: String }
            let config: Config
        }
        guard let (status, body) = try await get(reference, "manifests", nil), status == .ok else { return nil }
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(body))
        return Digest(hex: manifest.config.digest.dropFirst(7))
    }

    /// - Parameter item: instead of the tag.
    static func get(_ reference: String, _ kind: String, _ item: String?, method: HTTPMethod = .GET) async throws
        -> (HTTPResponseStatus, [UInt8])?
    {
        let parts = reference.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let port = parts[0].split(separator: ":").last.flatMap({ Int($0) }),
            let colon = parts[1].lastIndex(of: ":")
        else { return nil }
        let path = "/v2/\(parts[1][..<colon])/\(kind)/\(item ?? String(parts[1][colon...].dropFirst()))"
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: (HTTPResponseStatus, [UInt8]).self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(WholeAnswer(promise))
            }
        }.connect(host: "127.0.0.1", port: port).get()
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: ["host": "127.0.0.1"])
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        let answer = try await promise.futureResult.get()
        try? await channel.close().get()
        return answer
    }
}

private final class WholeAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<(HTTPResponseStatus, [UInt8])>
    private var status = HTTPResponseStatus.ok
    private var body: [UInt8] = []

    init(_ promise: EventLoopPromise<(HTTPResponseStatus, [UInt8])>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(let part): body += Array(part.readableBytesView)
        case .end: promise.succeed((status, body))
        }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.inputClosed) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.fail(error) }
}
