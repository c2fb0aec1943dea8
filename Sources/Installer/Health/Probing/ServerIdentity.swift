// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import NIOCore
import NIOSSL
import Synchronization

/// Who a server must prove to be: certificates that the site gave, and a name.
struct ServerIdentity: Sendable {
    let certificates: [NIOSSLCertificate]
    let host: String
    let now: Int64

    enum Fault: Error, CustomStringConvertible {
        case noCertificate

        var description: String { "the secret holds no PEM certificate" }
    }

    /// - Parameters:
    ///   - certificates: PEM, one or more; what else the file holds (a key) is passed over.
    ///   - now: seconds since 1970.
    init(certificates: [UInt8], host: String, now: Int64) throws {
        let found = (try? NIOSSLCertificate.fromPEMBytes(certificates)) ?? []
        guard !found.isEmpty else { throw Fault.noCertificate }
        self.certificates = found
        self.host = host
        self.now = now
    }

    /// What is wrong with a server's own certificate; nil when it is one of ours, of today and of this name.
    func fault(in leaf: NIOSSLCertificate) -> TLSFault? {
        if Int64(leaf.notValidAfter) < now { return .expired(at: Int64(leaf.notValidAfter)) }
        if Int64(leaf.notValidBefore) > now { return .notYetValid(from: Int64(leaf.notValidBefore)) }
        let names = ServerIdentity.names(of: leaf)
        guard names.contains(where: { ServerIdentity.covers($0, host) }) else { return .otherName(names) }
        return certificates.contains(leaf) ? nil : .unknownIssuer
    }

    private static func names(of leaf: NIOSSLCertificate) -> [String] {
        leaf._subjectAlternativeNames().prefix(20).filter { $0.nameType == .dnsName }.map {
            String(decoding: $0.contents.prefix(255), as: UTF8.self)
        }
    }

    /// RFC 6125 §6.4: without case; `*` is a whole label, the first one, and stands for one.
    static func covers(_ pattern: String, _ host: String) -> Bool {
        let pattern = pattern.lowercased()
        let host = host.lowercased()
        guard pattern.hasPrefix("*.") else { return pattern == host }
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        return host[dot...] == pattern.dropFirst() && pattern.dropFirst(2).contains(".")
    }
}

/// How one connection makes the server prove itself.
final class ServerProof: Sendable {
    enum Way {
        /// BoringSSL's: a chain to one of the certificates, today's, with the name.
        case chain
        /// Ours: the server's certificate is one of them, today's, with the name.
        case pinned
    }

    private let identity: ServerIdentity
    private let way: Way
    private let context: NIOSSLContext
    private let found = Mutex<TLSFault?>(nil)

    /// What the pinned way found wrong.
    var fault: TLSFault? { found.withLock { $0 } }

    init(_ identity: ServerIdentity, _ way: Way, for kind: ProbeQuestion.Kind) throws {
        self.identity = identity
        self.way = way
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(identity.certificates)
        configuration.certificateVerification = .fullVerification
        configuration.shutdownTimeout = .milliseconds(100)
        if case .grpc = kind { configuration.applicationProtocols = ["h2"] }
        context = try NIOSSLContext(configuration: configuration)
    }

    func handler() throws -> NIOSSLClientHandler {
        switch way {
        case .chain: return try NIOSSLClientHandler(context: context, serverHostname: identity.host)
        case .pinned:
            return try NIOSSLClientHandler(context: context, serverHostname: identity.host) { [self] chain, promise in
                let fault = chain.first.map { identity.fault(in: $0) } ?? .unknownIssuer
                found.withLock { $0 = fault }
                promise.succeed(fault == nil ? .certificateVerified : .failed)
            }
        }
    }
}
