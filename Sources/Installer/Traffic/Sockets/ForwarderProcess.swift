// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// How a product's forwarder and its sockets are kept; tests keep them without systemd.
package protocol ForwarderProcess: Sendable {
    /// Where the one that serves is asked; nil when there never was one.
    func control() throws -> HostPath?
    /// Those who were replaced and still have connections.
    func draining() throws -> [HostPath]
    /// Whether it runs or is about to, so that somebody may be waiting for it.
    func isStarted() async throws -> Bool
    /// Whether there is a socket for each port.
    func isWhole() async throws -> Bool
    /// Sockets for exactly these ports and a forwarder that has them, started where they do not run. What they have been so
    /// far goes on until the new one answers.
    func keep(_ ports: [HeldPort]) async throws
    /// Takes everything of it away. Done again, it changes nothing.
    func remove() async throws
    /// What systemd runs it by and holds these ports by, as the forwarder that serves has it.
    func unitFiles(of ports: [HeldPort]) throws -> [HostPath: [UInt8]]
}

extension ForwarderProcess {
    package func unitFiles(of ports: [HeldPort]) throws -> [HostPath: [UInt8]] { [:] }
}
