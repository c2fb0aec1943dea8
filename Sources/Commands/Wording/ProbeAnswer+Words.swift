// SPDX-License-Identifier: Apache-2.0
import Installer

extension ProbeAnswer {
    /// What came back, in one line of bounded length; whoever prints it takes care of control characters.
    var words: String {
        switch self {
        case .http(let status, let body): "status \(status)" + ProbeAnswer.quoted(body)
        case .connected: "connected"
        case .refused: "connection refused"
        case .reset: "connection reset"
        case .closed: "closed before the answer was whole"
        case .timedOut: "no answer in time"
        case .malformed: "something that is not the protocol"
        case .tooLarge(let limit): "more than the \(limit) bytes that are read"
        case .unproven(let fault): fault.words
        case .fault(let code): "system error \(code)"
        case .events(let last): "a stream of events" + (last.map(ProbeAnswer.quoted) ?? ", and no event in time")
        case .webSocket(let last): "an open WebSocket" + (last.map(ProbeAnswer.quoted) ?? ", and no message in time")
        case .grpc(0, _, let serving): "status \(serving?.words ?? "of nothing")"
        case .grpc(let status, let message, _): "gRPC status \(status)" + ProbeAnswer.quoted(message)
        case .exited(let status, let output): "exit status \(status)" + ProbeAnswer.quoted(output)
        case .notRun(let why): "could not be asked: \(why)"
        case .unit(let active, let sub): "unit \(active) (\(sub))"
        case .badPage(let line): "a page whose line \(line) is none of Prometheus' text format"
        case .measured(let reading): reading.words
        case .logged(let lines, let last): "\(lines) lines" + ProbeAnswer.quoted(last ?? "")
        }
    }

    private static func quoted(_ text: String) -> String {
        let line = text.prefix(200).split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.isEmpty ? "" : ": \(line)"
    }
}

extension ServingStatus {
    fileprivate var words: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .serviceUnknown: "SERVICE_UNKNOWN"
        }
    }
}

extension TLSFault {
    fileprivate var words: String {
        switch self {
        case .plainText: "it does not speak TLS"
        case .expired(let at): "its certificate expired on \(UTCTime(at))"
        case .notYetValid(let from): "its certificate is not valid before \(UTCTime(from))"
        case .otherName(let names):
            "its certificate is for " + (names.isEmpty ? "no name" : names.prefix(5).joined(separator: ", "))
        case .unknownIssuer: "its certificate is neither the site's nor signed by it"
        case .handshake(let name): "the TLS handshake failed: \(name)"
        }
    }
}

extension MetricReading {
    fileprivate var words: String {
        let found = samples == 0 ? "no sample" : samples == 1 ? "1 sample" : "\(samples) samples"
        let number = value.map { "\(MetricReading.text($0)) in \(found)" } ?? "\(found), too soon to tell"
        return number + (old.map { "; the old slot's is \(MetricReading.text($0))" } ?? "")
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}
