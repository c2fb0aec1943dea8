// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Where one stable port leads.
package struct TrafficEntry: Codable, Equatable, Sendable {
    package var service: String
    /// The port's name in its service.
    package var port: String
    /// The port that clients use, 1 to 65535.
    package var number: Int
    /// `host`, `public` or a network.
    package var exposure: Port.Exposure
    /// Where the network is, as the site said; empty for the others.
    package var sources: [AddressRange]
    package var ipv4: Endpoint
    /// nil when the copy was not found listening there.
    package var ipv6: Endpoint?
    /// Whether the service runs once, so that its own address never changes.
    package var recreate: Bool
    /// Whether the driver reads it as HTTP; absent where it reads nothing.
    package var http: Bool?

    package init(
        service: String, port: String, number: Int, exposure: Port.Exposure, ipv4: Endpoint, ipv6: Endpoint? = nil,
        recreate: Bool = false, sources: [AddressRange] = [], http: Bool? = nil
    ) {
        self.http = http
        self.service = service
        self.port = port
        self.number = number
        self.exposure = exposure
        self.sources = sources
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.recreate = recreate
    }

    /// Of both families, as far as it is there.
    package var endpoints: [Endpoint] { [ipv4, ipv6].compactMap { $0 } }
}

/// A service that runs once, as it runs now.
package struct RecreateRecord: Codable, Equatable, Sendable {
    package var unit: String
    /// Its directory below `/opt/NAME/services/SERVICE`.
    package var place: String
    /// The release directory that it runs from; kept until a later one replaces it.
    package var directory: String
    /// What the service is made of; an equal one means that it is not touched.
    package var fingerprint: Digest

    package init(unit: String, place: String, directory: String, fingerprint: Digest) {
        self.unit = unit
        self.place = place
        self.directory = directory
        self.fingerprint = fingerprint
    }
}
