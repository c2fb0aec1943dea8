// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
import NIOCore
import NIOHTTP1

/// A manifest or an index, bit for bit as the registry has it.
package struct RegistryDocument: Equatable, Sendable {
    package let bytes: [UInt8]
    /// What the registry says it is.
    package let type: String
    package let digest: Digest
}

/// distribution-spec v1.1, "Pull".
extension RegistryClient {
    /// What is asked for; a registry may turn Docker's schema 2 into its schema 1 for who does not say.
    static let manifestTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]

    /// A manifest by its digest or tag.
    ///
    /// - Throws: `RegistryError`; `.wrongBytes` when it is not what the digest names.
    package func manifest(_ repository: String, _ reference: RegistryReference) async throws -> RegistryDocument {
        let what = "manifests/\(reference)"
        let request = Request(
            method: .GET, place: try await place("\(repository)/\(what)"),
            headers: [("accept", RegistryClient.manifestTypes.joined(separator: ", "))],
            scope: RegistryScope(repository: repository, isPushing: false))
        let (bytes, answer) = try await document(request, repository, what)
        // Nobody asked for one, and its digest would be that of no manifest.
        if let encoding = answer.header("content-encoding"), encoding.lowercased() != "identity" {
            throw RegistryError.badAnswer(registry: registry, what: "\(what) in an encoding that nobody asked for")
        }
        let found = Digest.ofBytes(bytes)
        if case .digest(let expected) = reference, expected != found {
            throw RegistryError.wrongBytes(registry: registry, what: what, expected: expected, found: found)
        }
        let type = answer.header("content-type")?.split(separator: ";").first.map(String.init) ?? ""
        return RegistryDocument(bytes: bytes, type: type, digest: found)
    }

    /// Writes a blob behind what the sink has of it already.
    ///
    /// - Parameters:
    ///   - offset: how much that is.
    ///   - restart: called when the registry gives the blob from its beginning in spite of that.
    /// - Returns: bytes that were given; fewer than asked for when the connection ended. Nothing is proven here.
    /// - Throws: `RegistryError`; `.wrongSize` as soon as there are more bytes than `size`.
    func blob(
        _ repository: String, _ digest: Digest, size: Int64, from offset: Int64,
        restart: () throws -> Void, write: (ByteBuffer) throws -> Void
    ) async throws {
        let what = "blobs/sha256:\(digest)"
        var request = Request(
            method: .GET, place: try await place("\(repository)/\(what)"),
            scope: RegistryScope(repository: repository, isPushing: false))
        request.isBlob = true
        if offset > 0 { request.headers.append(("range", "bytes=\(offset)-")) }
        let answer = try await answer(to: request)
        defer { answer.exchange.close() }
        var position = offset
        switch answer.status {
        case 200:
            if offset > 0 { try restart() }
            position = 0
        case 206 where answer.header("content-range")?.hasPrefix("bytes \(offset)-") == true: break
        case 206, 416:
            // What it has does not continue what we have.
            throw RegistryError.badAnswer(registry: registry, what: "another range of \(what) than the one asked for")
        default: throw await unexpected(answer, repository, what, "GET \(what)")
        }
        do {
            while let part = try await answer.exchange.body() {
                position += Int64(part.readableBytes)
                guard position <= size else {
                    throw RegistryError.wrongSize(registry: registry, what: what, expected: size, found: position)
                }
                try write(part)
            }
        } catch let fault as ExchangeFault {
            throw RegistryError.unreachable(registry: registry, fault.silence)
        }
        guard position == size else {
            throw RegistryError.wrongSize(registry: registry, what: what, expected: size, found: position)
        }
    }

    /// A whole body of at most 4 MiB; a connection that ends in it is tried again.
    func document(_ request: Request, _ repository: String, _ what: String) async throws -> ([UInt8], Answer) {
        var left = 3
        while true {
            let answer = try await answer(to: request)
            guard answer.status == 200 else { throw await unexpected(answer, repository, what, "GET \(what)") }
            do {
                guard let bytes = try await answer.bytes(limit: RegistryClient.documentLimit) else {
                    throw RegistryError.tooLarge(
                        registry: registry, what: what, limit: RegistryClient.documentLimit)
                }
                return (bytes, answer)
            } catch let fault as ExchangeFault {
                left -= 1
                guard fault.isPassing, left > 0 else {
                    throw RegistryError.unreachable(registry: registry, fault.silence)
                }
            }
        }
    }

    /// What an answer of a status that was not hoped for means.
    func unexpected(_ answer: Answer, _ repository: String, _ what: String, _ request: String) async -> RegistryError {
        let bytes = ((try? await answer.bytes(limit: 64 << 10)) ?? nil) ?? []
        let had = access.credentials.secret(registry: registry, repository: repository) != nil
        switch answer.status {
        case 404: return .notFound(registry: registry, repository: repository, what: what)
        case 401, 403: return .denied(registry: registry, repository: repository, hadCredentials: had)
        default:
            return .unexpectedStatus(
                registry: registry, request: request, status: answer.status, detail: RegistryFaults.text(bytes))
        }
    }
}

/// `sha256:HEX`, or a tag.
package enum RegistryReference: Equatable, Sendable, CustomStringConvertible {
    case digest(Digest)
    case tag(String)

    package var description: String {
        switch self {
        case .digest(let digest): "sha256:\(digest)"
        case .tag(let tag): tag
        }
    }
}
