// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import NIOWebSocket

extension NetworkProbe {
    /// What an error of the network means as an answer.
    static func answer(for error: any Error) -> ProbeAnswer {
        switch error {
        case let error as IOError where error.errnoCode == ECONNREFUSED: .refused
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE: .reset
        case let error as IOError where error.errnoCode == ETIMEDOUT: .timedOut
        case let error as IOError: .fault(code: error.errnoCode)
        case ChannelError.connectTimeout: .timedOut
        case HTTPParserError.invalidEOFState: .closed
        case HTTPParserError.headerOverflow: .tooLarge(limit: 80 * 1024)
        case is HTTPParserError, is NIOWebSocketError, is NIOHTTPClientUpgradeError, is any NIOHTTP2Error: .malformed
        case NIOSSLError.uncleanShutdown: .closed
        case NIOSSLError.handshakeFailed(let fault): tls(fault)
        case let fault as BoringSSLError: tls(fault)
        case is NIOSSLExtraError: .unproven(.unknownIssuer)
        default: .closed
        }
    }

    /// BoringSSL's errors have names in their texts only.
    private static func tls(_ fault: BoringSSLError) -> ProbeAnswer {
        let text = String(describing: fault)
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return .unproven(.unknownIssuer) }
        let plain = ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNEXPECTED_MESSAGE"]
        if plain.contains(where: text.contains) { return .unproven(.plainText) }
        if text.contains("EOF during handshake") { return .closed }
        // error:1000012e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION
        let name = text.split(separator: ":").first {
            $0.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber } && $0.contains("_")
        }
        return .unproven(.handshake(name.map { String($0.prefix(60)).lowercased() } ?? "failed"))
    }
}
