// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Asks a service over the network, once. `NetworkProbe` is the real one.
package protocol HealthProbe: Sendable {
    /// Every fault of the network, and every bad answer, is an answer; nothing is thrown, and nothing takes longer than the
    /// question says.
    func ask(_ question: ProbeQuestion) async -> ProbeAnswer
}

/// One question to one place.
package struct ProbeQuestion: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// A connection, closed at once.
        case tcp
        /// A GET.
        case http(path: String)
        /// A GET whose body is wanted whole, up to `NetworkProbe.pageLimit`.
        case page(path: String)
        /// Server-sent events, until one comes; until one whose data holds the text.
        case events(path: String, expect: String?)
        /// A WebSocket, until a message holds the text; until it is open when there is none.
        case webSocket(path: String, send: String?, expect: String?)
        /// `grpc.health.v1.Health/Check`.
        case grpc(service: String)
    }

    package var kind: Kind
    package var endpoint: Endpoint
    /// What the request says that it wants to reach, and with TLS the name that is asked for and checked; nil: the endpoint.
    package var host: String?
    /// PEM certificates that prove the server; nil: no TLS.
    package var certificates: [UInt8]?
    package var milliseconds: Int

    package init(
        _ kind: Kind, at endpoint: Endpoint, host: String? = nil, certificates: [UInt8]? = nil, milliseconds: Int
    ) {
        self.kind = kind
        self.endpoint = endpoint
        self.host = host
        self.certificates = certificates
        self.milliseconds = milliseconds
    }
}

extension HealthProbe {
    /// A connection, closed at once.
    package func tcp(_ endpoint: Endpoint, milliseconds: Int) async -> ProbeAnswer {
        await ask(ProbeQuestion(.tcp, at: endpoint, milliseconds: milliseconds))
    }
}
