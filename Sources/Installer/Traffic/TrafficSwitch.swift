// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Moves the stable ports of one product between its copies. Every driver, and the fake, passes one conformance suite.
package protocol TrafficSwitch: Sendable {
    /// Makes the addresses and whatever the rules live in. Done again, it changes nothing and disturbs no connection.
    /// - Returns: whether this host has IPv6.
    func ensure() async throws -> Bool
    /// All stable ports at once: a connection begins on the old side or on the new one.
    func flip(to table: TrafficTable) async throws
    /// New connections wait, at most this long: then the kernel lets them through by itself, whoever has died.
    func hold(_ held: HeldPorts, for span: TimeSpan) async throws
    /// Ends a hold; one that has ended by itself is no error.
    func release(_ held: HeldPorts) async throws
    /// What is in force; nil when there is nothing of ours.
    func current() async throws -> TrafficState?
    /// Who is behind those whom services see, where that is not the client itself: the client, by the end that they see.
    func clients() async throws -> [SocketEndpoint: SocketEndpoint]
    /// Takes everything of the product away, addresses too. Done again, it changes nothing.
    func remove() async throws
}

extension TrafficSwitch {
    package func clients() async throws -> [SocketEndpoint: SocketEndpoint] { [:] }
}

package enum TrafficError: Error, Equatable, Sendable {
    /// nft refused a transaction, so none of it happened.
    case refused(status: Int, message: String)
    /// HAProxy did not take a configuration or a map, or the forwarder its routes.
    case proxyRefused(String)
    /// An address could not be put on `lo`.
    case noAddress(address: String, message: String)
    /// What nft listed was not understood.
    case unreadable(String)
}
