// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A registry in this process that does what it is told wrong; a real one cannot be told to.
final class FakeRegistry: Sendable {
    struct Heard: Sendable {
        let method: HTTPMethod
        let uri: String
        let headers: HTTPHeaders
        var body: [UInt8] = []

        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// Closes after so many bytes of the body.
        var cutAfter: Int?
        /// Said in place of the body's length.
        var saidLength: Int?
    }

    /// What it says in place of the truth; nil for the truth. The count is of earlier requests of that method and path.
    typealias Fault = @Sendable (Heard, _ count: Int) -> Reply?

    private struct Store {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: (bytes: [UInt8], type: String)] = [:]
        var upload: [UInt8] = []
        var heard: [Heard] = []
        /// Ends the connection when the body of an upload has so many bytes, and keeps those.
        var uploadCuts: [Int] = []
    }

    private let store = Mutex(Store())
    private let fault: Fault
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }
    var name: String { "127.0.0.1:\(port)" }
    var heard: [Heard] { store.withLock { $0.heard } }
    var blobs: [String: [UInt8]] { store.withLock { $0.blobs } }

    init(fault: @escaping Fault = { _, _ in nil }) async throws {
        self.fault = fault
        let answering = Mutex<FakeRegistry?>(nil)
        let bound = Box(answering)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(Answering(bound))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        bound.set(self)
    }

    func close() async { try? await channel.close().get() }

    func put(_ bytes: [UInt8]) -> Digest {
        let digest = Digest.ofBytes(bytes)
        store.withLock { $0.blobs["sha256:\(digest)"] = bytes }
        return digest
    }

    func putManifest(_ bytes: [UInt8], tag: String? = nil) -> Digest {
        let digest = Digest.ofBytes(bytes)
        let type = "application/vnd.oci.image.manifest.v1+json"
        store.withLock { store in
            store.manifests["sha256:\(digest)"] = (bytes, type)
            if let tag { store.manifests[tag] = (bytes, type) }
        }
        return digest
    }

    func cutUploads(at bytes: [Int]) { store.withLock { $0.uploadCuts = bytes } }

    /// Whether a connection ends here, in the middle of an upload.
    fileprivate func cuts(_ heard: Heard) -> Bool {
        store.withLock { store in
            guard heard.method == .PATCH, let cut = store.uploadCuts.first, heard.body.count >= cut else {
                return false
            }
            store.uploadCuts.removeFirst()
            store.upload += heard.body[..<cut]
            store.heard.append(heard)
            return true
        }
    }

    fileprivate func answer(_ heard: Heard) -> Reply {
        let path = heard.uri.split(separator: "?").first.map(String.init) ?? ""
        let count = store.withLock { store in
            let before = store.heard.count {
                $0.method == heard.method && $0.uri.split(separator: "?").first.map(String.init) == path
            }
            store.heard.append(heard)
            return before
        }
        return fault(heard, count) ?? truth(heard, path)
    }

    private func truth(_ heard: Heard, _ path: String) -> Reply {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        return store.withLock { store in
            if path.contains("/manifests/") {
                if heard.method == .PUT {
                    let digest = "sha256:\(Digest.ofBytes(heard.body))"
                    let entry = (heard.body, heard.header("content-type") ?? "")
                    store.manifests[last] = entry
                    store.manifests[digest] = entry
                    return Reply(status: 201, headers: [("docker-content-digest", digest)])
                }
                guard let found = store.manifests[last] else { return Reply(status: 404) }
                return Reply(
                    headers: [
                        ("content-type", found.type),
                        ("docker-content-digest", "sha256:\(Digest.ofBytes(found.bytes))"),
                    ], body: found.bytes)
            }
            if path.contains("/blobs/uploads/") { return upload(heard, &store) }
            guard let found = store.blobs[last] else { return Reply(status: 404) }
            guard let range = heard.header("range"), let from = Int(range.dropFirst(6).dropLast()) else {
                return Reply(body: found)
            }
            return Reply(
                status: 206, headers: [("content-range", "bytes \(from)-\(found.count - 1)/\(found.count)")],
                body: Array(found[from...]))
        }
    }

    private func upload(_ heard: Heard, _ store: inout Store) -> Reply {
        let place = [("location", "/v2/a/blobs/uploads/1?state=x"), ("range", "0-\(max(0, store.upload.count - 1))")]
        switch heard.method {
        case .POST:
            store.upload = []
            return Reply(status: 202, headers: place)
        case .PATCH:
            guard heard.header("content-range")?.hasPrefix("\(store.upload.count)-") == true else {
                return Reply(status: 416)
            }
            store.upload += heard.body
            return Reply(status: 202, headers: place)
        case .GET: return Reply(status: 204, headers: place)
        case .PUT:
            let digest = "sha256:\(Digest.ofBytes(store.upload))"
            guard heard.uri.hasSuffix("digest=\(digest)") else { return Reply(status: 400) }
            store.blobs[digest] = store.upload
            return Reply(status: 201)
        default: return Reply(status: 405)
        }
    }

    private final class Box: Sendable {
        private let held: Mutex<FakeRegistry?>
        init(_ held: consuming sending Mutex<FakeRegistry?>) { self.held = held }
        func set(_ registry: FakeRegistry) { held.withLock { $0 = registry } }
        var registry: FakeRegistry? { held.withLock { $0 } }
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let owner: Box
        private var heard: Heard?

        init(_ owner: Box) { self.owner = owner }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): heard = Heard(method: head.method, uri: head.uri, headers: head.headers)
            case .body(let bytes):
                heard?.body += bytes.readableBytesView
                if let heard, owner.registry?.cuts(heard) == true { context.close(promise: nil) }
            case .end:
                guard let heard, let reply = owner.registry?.answer(heard) else { return }
                send(reply, isHead: heard.method == .HEAD, context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func send(_ reply: Reply, isHead: Bool, _ context: ChannelHandlerContext) {
            let length = ("content-length", "\(reply.saidLength ?? reply.body.count)")
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status),
                headers: HTTPHeaders(reply.headers + [length]))
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let body = reply.body.prefix(reply.cutAfter ?? reply.body.count)
            if !isHead, !body.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            }
            guard reply.cutAfter == nil else {
                context.flush()
                return context.close(promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
