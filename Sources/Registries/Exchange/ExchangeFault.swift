// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What the network did in place of an answer.
struct ExchangeFault: Error, Equatable {
    let silence: RegistryError.Silence

    /// Whether the same request may go well a moment later.
    var isPassing: Bool {
        switch silence {
        case .refused, .timedOut, .cutOff, .system: true
        case .noSuchHost, .notBelieved, .tls, .notHTTP: false
        }
    }

    init(silence: RegistryError.Silence) { self.silence = silence }

    init(_ error: any Error) {
        silence = (error as? ExchangeFault)?.silence ?? ExchangeFault.silence(error)
    }

    private static func silence(_ error: any Error) -> RegistryError.Silence {
        switch error {
        case is ExchangeTimeout: .timedOut
        case ChannelError.connectTimeout: .timedOut
        case let error as NIOConnectionError: connection(error)
        case let error as IOError: system(error)
        case is ChannelError: .cutOff
        case HTTPParserError.invalidEOFState: .cutOff
        case is HTTPParserError: .notHTTP
        case NIOSSLError.uncleanShutdown: .cutOff
        case NIOSSLError.handshakeFailed(let fault): tls(fault)
        case let fault as BoringSSLError: tls(fault)
        case is NIOSSLExtraError: .notBelieved(detail: "the certificate is for another name")
        default: .system(detail: "\(error)")
        }
    }

    private static func connection(_ error: NIOConnectionError) -> RegistryError.Silence {
        // One of several addresses may have said something else than the others; the first says most.
        if let first = error.connectionErrors.first { return silence(first.error) }
        return .noSuchHost
    }

    private static func system(_ error: IOError) -> RegistryError.Silence {
        switch error.errnoCode {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        case ECONNRESET, EPIPE: .cutOff
        default: .system(detail: String(cString: strerror(error.errnoCode)))
        }
    }

    /// BoringSSL's errors have names in their texts only.
    private static func tls(_ fault: BoringSSLError) -> RegistryError.Silence {
        let text = String(describing: fault)
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return .notBelieved(detail: "no authority that is known here") }
        if text.contains("EOF during handshake") { return .cutOff }
        if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST"].contains(where: text.contains) {
            return .tls(detail: "it speaks plain HTTP")
        }
        return .tls(detail: String(text.prefix(120)))
    }
}
