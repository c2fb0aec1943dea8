// SPDX-License-Identifier: Apache-2.0

extension Port {
    /// Who may reach a port.
    package enum Exposure: Hashable, Sendable {
        /// This slot only; no stable port.
        case slot
        /// This machine.
        case host
        /// This machine and the addresses that the site gives a network of the release.
        case network(String)
        /// Everybody.
        case `public`
    }
}

/// As text: `slot`, `host`, `public`, else a network's name, which is none of these.
extension Port.Exposure: RawRepresentable, Codable {
    package init(rawValue: String) {
        switch rawValue {
        case "slot": self = .slot
        case "host": self = .host
        case "public": self = .public
        default: self = .network(rawValue)
        }
    }

    package var rawValue: String {
        switch self {
        case .slot: "slot"
        case .host: "host"
        case .network(let name): name
        case .public: "public"
        }
    }

    /// Names that no network may have.
    package static let reserved = ["slot", "host", "public"]

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
