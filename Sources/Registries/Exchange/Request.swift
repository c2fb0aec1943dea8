// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import NIOCore
import NIOHTTP1

/// A request, as a value.
struct Request: Sendable {
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Sent once, as it comes; such a request is never repeated by itself.
        case stream(length: Int64, write: @Sendable (any ByteSink) throws -> Void)
    }

    var method: HTTPMethod
    var place: Place
    var headers: [(String, String)] = []
    var body: Body = .none
    /// For which a token or name and password go along; nil for none.
    var scope: RegistryScope?
    /// Its answer is no document: it may take as long as it brings something.
    var isBlob = false

    var length: Int64? {
        switch body {
        case .none: [.POST, .PUT, .PATCH].contains(method) ? 0 : nil
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(let length, _): length
        }
    }

    var isUpload: Bool { [.PUT, .PATCH].contains(method) }

    var isStream: Bool { if case .stream = body { true } else { false } }
}

/// An answer whose body has not been read.
struct Answer: Sendable {
    let head: HTTPResponseHead
    /// Where it came from in the end.
    let place: Place
    let exchange: Exchange

    var status: Int { Int(head.status.code) }

    func header(_ name: String) -> String? { head.headers.first(name: name) }

    /// The body, whole, if it has no more bytes than that; nil if it has.
    func bytes(limit: Int) async throws -> [UInt8]? {
        defer { exchange.close() }
        if let declared = header("content-length").flatMap({ Int64($0) }), declared > limit { return nil }
        var bytes: [UInt8] = []
        while let part = try await exchange.body() {
            guard bytes.count + part.readableBytes <= limit else { return nil }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }
}
