// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension [HealthCheck.Probe] {
    /// Whether a proxy may read what goes through this port as HTTP/1: a check asks it for HTTP without TLS, and none asks
    /// for gRPC, which is HTTP/2 without the beginning that a proxy would know.
    func speakHTTP(at port: String) -> Bool {
        let probes = filter { $0.port == port }
        let http = probes.contains { probe in
            switch probe {
            case .http, .sse, .websocket, .metrics: probe.tls == nil
            default: false
            }
        }
        return http && !probes.contains { if case .grpc = $0 { true } else { $0.tls != nil } }
    }
}
