// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Synchronization

/// A client of one registry (OCI distribution-spec v1.1).
///
/// Nothing that it receives is believed: documents are bounded, and everything named by a digest is hashed.
package final class RegistryClient: Sendable {
    /// Waits before a request is repeated; tests do not.
    package typealias Pause = @Sendable (_ seconds: Double) async throws -> Void

    /// Documents: manifests, indexes, configs, tokens.
    package static let documentLimit = 4 << 20
    private static let attempts = 5
    private static let redirects = 5

    package let registry: String
    let access: RegistryAccess
    private let limits: Exchange.Limits
    private let pause: Pause
    private let known = Mutex(Known())

    /// What the registry taught us.
    private struct Known {
        var origin: Origin?
        var authorizations: [RegistryScope: String] = [:]
    }

    /// - Parameter registry: `HOST` or `HOST:PORT`.
    package convenience init(_ registry: String, _ access: RegistryAccess) {
        self.init(registry, access, limits: Exchange.Limits()) { try await Task.sleep(for: .seconds($0)) }
    }

    init(_ registry: String, _ access: RegistryAccess, limits: Exchange.Limits, pause: @escaping Pause) {
        self.registry = registry
        self.access = access
        self.limits = limits
        self.pause = pause
    }

    /// Asks until there is an answer that is one: with credentials where they are wanted, at another place where that is
    /// said, again where the fault may pass.
    ///
    /// - Returns: an answer of any status but 401, a redirect, or one that asks to try again.
    func answer(to request: Request) async throws -> Answer {
        var attempt = 1
        while true {
            var wait = 0.5 * Double(1 << (attempt - 1))
            do {
                let answer = try await authorized(request)
                guard [429, 500, 502, 503, 504].contains(answer.status), attempt < RegistryClient.attempts,
                    !request.isStream
                else { return answer }
                if let asked = answer.header("retry-after").flatMap({ Int($0) }) {
                    wait = Double(min(max(asked, 0), 60))
                }
                answer.exchange.close()
            } catch let fault as ExchangeFault {
                guard fault.isPassing, attempt < RegistryClient.attempts, !request.isStream else {
                    throw RegistryError.unreachable(registry: request.place.origin.authority, fault.silence)
                }
            }
            try await pause(wait)
            attempt += 1
        }
    }

    /// - Parameter attempt: the one that follows, 2 or more.
    func wait(before attempt: Int) async throws { try await pause(0.5 * Double(1 << min(max(attempt - 2, 0), 5))) }

    /// Where the registry's API begins: `/v2/` of its host.
    func place(_ path: String) async throws -> Place { Place(try await origin(), "/v2/\(path)") }

    // MARK: Where it is

    private func origin() async throws -> Origin {
        if let found = known.withLock({ $0.origin }) { return found }
        // Docker's hub has its API at another name than its images.
        let host = registry == "docker.io" ? "registry-1.docker.io" : registry
        let secure = Origin(registry: host, isPlain: false)
        var found = access.plainHTTP ? Origin(registry: host, isPlain: true) : secure
        if secure.isLoopback, !access.plainHTTP, try await !speaksTLS(secure) {
            found = Origin(registry: host, isPlain: true)
        }
        known.withLock { $0.origin = found }
        return found
    }

    /// On this machine itself, plain HTTP is taken where there is nothing better: nobody else hears it.
    private func speaksTLS(_ origin: Origin) async throws -> Bool {
        do {
            let exchange = try await Exchange.open(origin, tls: access.tls, limits: limits)
            defer { exchange.close() }
            exchange.expire(after: limits.document)
            try await exchange.send(Request(method: .GET, place: Place(origin, "/v2/")))
            _ = try await exchange.head()
            return true
        } catch let fault as ExchangeFault {
            switch fault.silence {
            case .tls, .cutOff, .notHTTP: return false
            default: return true
            }
        }
    }

    // MARK: Credentials

    private func authorized(_ request: Request) async throws -> Answer {
        // Credentials are the registry's: an upload that goes on at another host goes there without them.
        guard let scope = request.scope, request.place.origin == (try await origin()) else {
            return try await redirected(request, authorization: nil)
        }
        let before = known.withLock { $0.authorizations[scope] }
        let answer = try await redirected(request, authorization: before)
        // Nor may another host, to which a redirect led, ask for them.
        guard answer.status == 401, answer.place.origin == request.place.origin else { return answer }
        let challenges = answer.head.headers["www-authenticate"]
        answer.exchange.close()
        let fresh = try await authorization(Challenge.best(of: challenges), scope)
        // The same again would be answered the same.
        guard fresh != before else { throw denied(scope) }
        known.withLock { $0.authorizations[scope] = fresh }
        // A body that was begun cannot be sent again; whoever sends it asks what has arrived, and goes on from there.
        guard !request.isStream else { throw ExchangeFault(ChannelError.eof) }
        let second = try await redirected(request, authorization: fresh)
        guard second.status != 401 else { throw denied(scope) }
        return second
    }

    private func denied(_ scope: RegistryScope) -> RegistryError {
        let had = access.credentials.secret(registry: registry, repository: scope.repository) != nil
        return .denied(registry: registry, repository: scope.repository, hadCredentials: had)
    }

    private func authorization(_ challenge: Challenge?, _ scope: RegistryScope) async throws -> String {
        let secret = access.credentials.secret(registry: registry, repository: scope.repository)
        switch challenge {
        case .basic:
            guard let secret else { throw RegistryError.noCredentials(registry: registry) }
            return "Basic \(secret.basic)"
        case .bearer(let realm, let service, let asked):
            return "Bearer " + (try await token(realm, service, asked ?? scope.text, secret, scope))
        case .other(let scheme): throw RegistryError.unsupportedChallenge(registry: registry, scheme: scheme)
        case nil: throw RegistryError.badAnswer(registry: registry, what: "a refusal that does not say what it wants")
        }
    }

    /// The token service that the registry names gets the name and password of the registry: so the protocol is. It never
    /// gets them where others could listen.
    private func token(
        _ realm: String, _ service: String?, _ asked: String, _ secret: RegistryCredentials.Secret?,
        _ scope: RegistryScope
    ) async throws -> String {
        guard let base = Place(url: realm) else {
            throw RegistryError.badAnswer(registry: registry, what: "a token service at no address")
        }
        if base.origin.isPlain, !base.origin.isLoopback {
            guard secret == nil else {
                throw RegistryError.secretOverPlainHTTP(registry: registry, realm: base.origin.description)
            }
            guard access.plainHTTP else { throw RegistryError.plainHTTP(registry: base.origin.authority) }
        }
        var place = base
        if let service { place = place.adding(query: "service=\(RegistryClient.escaped(service))") }
        place = place.adding(query: "scope=\(RegistryClient.escaped(asked))")
        let headers = secret.map { [("authorization", "Basic \($0.basic)")] } ?? []
        // Without a redirect: its answer is believed as this very place's.
        let answer = try await once(Request(method: .GET, place: place, headers: headers))
        guard let bytes = try await answer.bytes(limit: RegistryClient.documentLimit) else {
            throw RegistryError.tooLarge(registry: registry, what: "a token", limit: RegistryClient.documentLimit)
        }
        switch answer.status {
        case 200: break
        case 401, 403: throw secret == nil ? RegistryError.noCredentials(registry: registry) : denied(scope)
        case 429, 500...599: throw ExchangeFault(ExchangeTimeout())
        default:
            throw RegistryError.unexpectedStatus(
                registry: place.origin.authority, request: "a token", status: answer.status, detail: "")
        }
        guard let found = try? JSONDecoder().decode(Token.self, from: Data(bytes)),
            let text = found.token ?? found.accessToken, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw RegistryError.badAnswer(registry: registry, what: "a token service without a token") }
        return text
    }

    private struct Token: Decodable {
        let token: String?
        let accessToken: String?

        enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
        }
    }

    // MARK: One after the other

    private func redirected(_ request: Request, authorization: String?) async throws -> Answer {
        let home = request.place.origin
        var request = request
        for _ in 0...RegistryClient.redirects {
            var sent = request
            // Whoever the registry sends us to does not get what is the registry's.
            if let authorization, request.place.origin == home {
                sent.headers.append(("authorization", authorization))
            }
            let answer = try await once(sent)
            guard [301, 302, 303, 307, 308].contains(answer.status), [.GET, .HEAD].contains(request.method) else {
                return answer
            }
            answer.exchange.close()
            guard let next = answer.header("location").flatMap({ request.place.following($0) }) else {
                throw RegistryError.badAnswer(registry: registry, what: "a redirect to nowhere")
            }
            // Not from what is encrypted to what is not.
            if next.origin.isPlain, !next.origin.isLoopback, !home.isPlain {
                throw RegistryError.plainHTTP(registry: next.origin.authority)
            }
            request.place = next
        }
        throw RegistryError.badAnswer(registry: registry, what: "redirects without end")
    }

    private func once(_ request: Request) async throws -> Answer {
        let origin = request.place.origin
        let exchange = try await Exchange.open(origin, tls: origin.isPlain ? nil : access.tls, limits: limits)
        do {
            if !request.isUpload { exchange.expire(after: limits.document) }
            try await exchange.send(request)
            if request.isUpload { exchange.expire(after: limits.hashing) }
            let head = try await exchange.head()
            if request.isBlob { exchange.demandProgress(within: limits.progress) }
            return Answer(head: head, place: request.place, exchange: exchange)
        } catch {
            exchange.close()
            throw error
        }
    }

    /// RFC 3986 §2.3: all but the unreserved ones.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isUnreserved = scalar.properties.isASCIIHexDigit || scalar.properties.isAlphabetic && byte < 0x80
            return isUnreserved || "-._~0123456789".unicodeScalars.contains(scalar)
                ? String(Character(scalar)) : "%" + Hexadecimal.encode([byte]).uppercased()
        }.joined()
    }
}
