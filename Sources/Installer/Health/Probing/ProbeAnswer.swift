// SPDX-License-Identifier: Apache-2.0

/// What came back when a service was asked.
package enum ProbeAnswer: Equatable, Sendable {
    /// The status, and the first bytes of the body as text (at most 64 KiB are read, of a page 8 MiB).
    case http(status: Int, body: String)
    case connected
    case refused
    case reset
    /// Closed before an answer was whole.
    case closed
    case timedOut
    /// Something that is not the protocol.
    case malformed
    /// More than we are ready to read.
    case tooLarge(limit: Int)
    /// The server could not be proven.
    case unproven(TLSFault)
    /// Another error of the system, errno(3).
    case fault(code: Int32)
    /// A stream of events is open, with the data of the last event that came.
    case events(last: String?)
    /// A WebSocket is open, with the last message that came.
    case webSocket(last: String?)
    /// The call's status (0 is OK) with its message, and what was said of the service.
    case grpc(status: Int, message: String, serving: ServingStatus?)
    /// A program's exit status, and the beginning of what it said.
    case exited(status: Int, output: String)
    /// What could not even be asked.
    case notRun(String)
    /// How the unit stands, where the check is about the unit itself.
    case unit(active: String, sub: String)
    /// A page of metrics with a line, counted from 1, that is none.
    case badPage(line: Int)
    /// What a metric's samples add up to, as it is judged.
    case measured(MetricReading)
    /// Lines of the journal that match in the span, and the last of them.
    case logged(lines: Int, last: String?)
}

/// `grpc.health.v1.HealthCheckResponse.ServingStatus`.
package enum ServingStatus: Int, Equatable, Sendable {
    case unknown = 0
    case serving = 1
    case notServing = 2
    case serviceUnknown = 3
}

/// Why a server is not believed to be who it should be.
package enum TLSFault: Equatable, Sendable {
    /// It does not speak TLS.
    case plainText
    /// Seconds since 1970.
    case expired(at: Int64)
    case notYetValid(from: Int64)
    /// The DNS names that it does have.
    case otherName([String])
    /// Neither one of the certificates, nor signed by one of them.
    case unknownIssuer
    /// The library's name for it.
    case handshake(String)
}
