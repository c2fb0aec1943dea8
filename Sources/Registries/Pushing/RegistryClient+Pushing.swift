// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
import NIOHTTP1

/// distribution-spec v1.1, "Push".
extension RegistryClient {
    /// Streams a blob's bytes from an offset on.
    package typealias Opening = @Sendable (_ offset: Int64, _ sink: any ByteSink) throws -> Void

    private static let uploadAttempts = 5

    /// Whether the repository has a blob of this digest and size.
    package func holds(_ repository: String, _ digest: Digest, size: Int64) async throws -> Bool {
        let what = "blobs/sha256:\(digest)"
        let answer = try await answer(
            to: Request(
                method: .HEAD, place: try await place("\(repository)/\(what)"),
                scope: RegistryScope(repository: repository, isPushing: true)))
        defer { answer.exchange.close() }
        switch answer.status {
        case 200:
            // One of another size would be another content, and no manifest would find its layer.
            return answer.header("content-length").flatMap { Int64($0) }.map { $0 == size } ?? true
        case 404: return false
        default: throw await unexpected(answer, repository, what, "HEAD \(what)")
        }
    }

    /// The digest of what a tag or digest stands for; nil when there is nothing.
    package func standing(_ repository: String, _ reference: RegistryReference) async throws -> Digest? {
        let what = "manifests/\(reference)"
        let answer = try await answer(
            to: Request(
                method: .HEAD, place: try await place("\(repository)/\(what)"),
                headers: [("accept", RegistryClient.manifestTypes.joined(separator: ", "))],
                scope: RegistryScope(repository: repository, isPushing: true)))
        defer { answer.exchange.close() }
        switch answer.status {
        case 200:
            let said = answer.header("docker-content-digest").flatMap { Digest(hex: $0.dropFirst(7)) }
            if let said { return said }
            return try await manifest(repository, reference).digest
        case 404: return nil
        default: throw await unexpected(answer, repository, what, "HEAD \(what)")
        }
    }

    /// Uploads a blob. When the connection ends, the registry is asked how much it has, and the rest follows.
    ///
    /// - Parameters:
    ///   - source: another repository of this registry that has it: then perhaps nothing has to be sent.
    ///   - opening: may be called again, from where the registry stands; on a thread of its own.
    ///   - progress: told how many bytes were just sent, those that are sent again too.
    package func push(
        _ repository: String, _ digest: Digest, size: Int64, mounting source: String? = nil,
        progress: @escaping @Sendable (Int64) -> Void, opening: @escaping Opening
    ) async throws {
        let what = "blobs/sha256:\(digest)"
        let scope = RegistryScope(repository: repository, isPushing: true)
        let mount = source.map { "?mount=sha256:\(digest)&from=\(RegistryClient.escaped($0))" } ?? ""
        guard var place = try await begin(repository, scope, what, mount) else { return }
        var offset: Int64 = 0
        var most: Int64 = 0
        var attempt = 1
        while offset < size {
            do {
                place = try await patch(place, scope, what, offset, size, progress, opening)
                offset = size
            } catch RegistryError.unreachable(let registry, let silence) where ExchangeFault(silence: silence).isPassing
            {
                guard let stand = try await stand(of: place, scope) else {
                    // The registry has forgotten it: from the beginning.
                    attempt += 1
                    guard attempt <= RegistryClient.uploadAttempts else {
                        throw RegistryError.unreachable(registry: registry, silence)
                    }
                    guard let fresh = try await begin(repository, scope, what, "") else { return }
                    (place, offset) = (fresh, 0)
                    continue
                }
                (offset, place) = (min(stand.bytes, size), stand.place)
                attempt = offset - most >= Exchange.leastProgress ? 1 : attempt + 1
                most = max(most, offset)
                guard attempt <= RegistryClient.uploadAttempts else {
                    throw RegistryError.unreachable(registry: registry, silence)
                }
                try await wait(before: attempt + 1)
            }
        }
        try await commit(place, scope, digest, repository, what)
    }

    /// Puts a manifest, bit for bit, under a tag or its digest.
    ///
    /// - Throws: `RegistryError.wrongBytes` when the registry knows it by another digest than it has.
    package func put(
        _ repository: String, _ reference: RegistryReference, _ bytes: [UInt8], type: String
    ) async throws {
        let what = "manifests/\(reference)"
        let answer = try await answer(
            to: Request(
                method: .PUT, place: try await place("\(repository)/\(what)"), headers: [("content-type", type)],
                body: .bytes(bytes), scope: RegistryScope(repository: repository, isPushing: true)))
        guard answer.status == 201 else { throw await unexpected(answer, repository, what, "PUT \(what)") }
        answer.exchange.close()
        let expected = Digest.ofBytes(bytes)
        guard let said = answer.header("docker-content-digest") else { return }
        guard said == "sha256:\(expected)" else {
            guard let found = Digest(hex: said.dropFirst(7)) else {
                throw RegistryError.badAnswer(registry: registry, what: "a digest that is none")
            }
            throw RegistryError.wrongBytes(registry: registry, what: what, expected: expected, found: found)
        }
    }

    // MARK: One upload

    /// - Returns: nil when the registry took the blob from elsewhere: there is nothing to upload.
    private func begin(
        _ repository: String, _ scope: RegistryScope, _ what: String, _ mount: String
    ) async throws -> Place? {
        let place = try await place("\(repository)/blobs/uploads/\(mount)")
        let answer = try await answer(to: Request(method: .POST, place: place, scope: scope))
        if answer.status == 201, !mount.isEmpty {
            answer.exchange.close()
            return nil
        }
        guard answer.status == 202 else { throw await unexpected(answer, repository, what, "POST an upload") }
        answer.exchange.close()
        return try next(answer)
    }

    /// Sends the rest of a blob in one request, as docker does.
    private func patch(
        _ place: Place, _ scope: RegistryScope, _ what: String, _ offset: Int64, _ size: Int64,
        _ progress: @escaping @Sendable (Int64) -> Void, _ opening: @escaping Opening
    ) async throws -> Place {
        var request = Request(method: .PATCH, place: place, scope: scope)
        request.headers = [
            ("content-type", "application/octet-stream"), ("content-range", "\(offset)-\(size - 1)"),
        ]
        request.body = .stream(length: size - offset) { sink in
            try opening(offset, CountingSink(sink, progress))
        }
        let answer = try await answer(to: request)
        guard [202, 201, 204].contains(answer.status) else {
            throw await unexpected(answer, scope.repository, what, "PATCH \(what)")
        }
        answer.exchange.close()
        return try next(answer)
    }

    /// How much the registry has of an upload; nil when it knows of none.
    private func stand(of place: Place, _ scope: RegistryScope) async throws -> (bytes: Int64, place: Place)? {
        let answer = try await answer(to: Request(method: .GET, place: place, scope: scope))
        answer.exchange.close()
        guard [200, 202, 204].contains(answer.status) else { return nil }
        // `Range: 0-N`, N the last byte; an empty upload says `0-0` or `0--1`.
        let last = answer.header("range").flatMap { $0.split(separator: "-").last }.flatMap { Int64($0) } ?? 0
        return ((1..<Int64.max).contains(last) ? last + 1 : 0, try next(answer, otherwise: place))
    }

    private func commit(
        _ place: Place, _ scope: RegistryScope, _ digest: Digest, _ repository: String, _ what: String
    ) async throws {
        let request = Request(
            method: .PUT, place: place.adding(query: "digest=sha256:\(digest)"), scope: scope)
        let answer = try await answer(to: request)
        guard answer.status == 201 || answer.status == 204 else {
            throw await unexpected(answer, repository, what, "PUT \(what)")
        }
        answer.exchange.close()
    }

    /// Where an upload goes on. Another host is taken without credentials, as a redirect is.
    private func next(_ answer: Answer, otherwise: Place? = nil) throws -> Place {
        guard let location = answer.header("location") else {
            if let otherwise { return otherwise }
            throw RegistryError.badAnswer(registry: registry, what: "an upload at no address")
        }
        guard let place = answer.place.following(location) else {
            throw RegistryError.badAnswer(registry: registry, what: "an upload at no address")
        }
        if place.origin.isPlain, !place.origin.isLoopback, !answer.place.origin.isPlain {
            throw RegistryError.plainHTTP(registry: place.origin.authority)
        }
        return place
    }
}

/// Tells how much went by.
private final class CountingSink: ByteSink {
    private let sink: any ByteSink
    private let progress: @Sendable (Int64) -> Void

    init(_ sink: any ByteSink, _ progress: @escaping @Sendable (Int64) -> Void) {
        self.sink = sink
        self.progress = progress
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try sink.write(bytes)
        progress(Int64(bytes.count))
    }
}
