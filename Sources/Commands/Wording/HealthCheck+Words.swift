// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension HealthCheck.Probe {
    /// What is demanded.
    var words: String {
        let text: String
        switch self {
        case .http(let port, let path, let status, let body, _, _):
            text = "GET \(path) on \(port) must answer \(status)" + (body.map { " with \($0) in its body" } ?? "")
        case .tcp(let port): text = "\(port) must accept a connection"
        case .exec(let command): text = "\(command.joined(separator: " ")) must exit with 0"
        case .notify: text = "the program must say READY=1"
        case .alive(let duration): text = "it must run \(duration) without a restart"
        case .grpc(let port, let service, _, _):
            text = "gRPC health of \(service.isEmpty ? "the server" : service) on \(port) must be SERVING"
        case .sse(let port, let path, let expect, _, _):
            text = "an event must come from \(path) on \(port)" + (expect.map { " with \($0) in its data" } ?? "")
        case .websocket(let port, let path, let send, let expect, _, _):
            let sent = send.map { ", to \($0)," } ?? ""
            text = "WebSocket \(path) on \(port) must open" + (expect.map { " and\(sent) answer with \($0)" } ?? "")
        case .metrics(let port, _, let sample, let bounds, _, _): text = "\(sample) on \(port) \(bounds.words)"
        case .log(let pattern, let atMost, let per):
            text = "at most \(atMost) lines of its journal may match \(pattern) in any \(per)"
        }
        return text + (tls.map { ", over TLS as \(host ?? "") by \($0.ca)" } ?? "")
    }
}

extension MetricBounds {
    fileprivate var words: String {
        let what = per.map { "must rise in any \($0) by" } ?? "must be"
        let than = againstOld ? " the old slot's" : ""
        let bounds = [("at least", atLeast), ("at most", atMost)].compactMap { name, bound in
            bound.map { "\(name) \($0)" + (againstOld ? ($0.isShare ? " of" : " more than") : "") }
        }
        return "\(what) \(bounds.joined(separator: " and "))\(than)"
    }
}
