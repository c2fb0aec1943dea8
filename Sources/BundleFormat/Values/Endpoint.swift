// SPDX-License-Identifier: Apache-2.0

/// Where a copy of a service listens: an address of a slot and a TCP port.
package struct Endpoint: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// Without brackets, in the form that the kernel prints.
    package let address: String
    package let port: Int

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    package var isIPv6: Bool { address.contains(":") }

    /// What a program is told to bind to: `169.254.77.1:20443`, `[fd77::1]:20443`.
    package var description: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }

    package static func < (left: Endpoint, right: Endpoint) -> Bool {
        (left.address, left.port) < (right.address, right.port)
    }
}
