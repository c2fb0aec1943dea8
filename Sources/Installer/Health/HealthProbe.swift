// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Asks a service over the network, once. `NetworkProbe` is the real one.
package protocol HealthProbe: Sendable {
    /// A GET. Every fault of the network is an answer; nothing is thrown.
    func http(_ endpoint: Endpoint, path: String, host: String?, milliseconds: Int) async -> ProbeAnswer
    /// A connection, closed at once.
    func tcp(_ endpoint: Endpoint, milliseconds: Int) async -> ProbeAnswer
}

/// What came back when a service was asked.
package enum ProbeAnswer: Equatable, Sendable {
    /// The status, and the first bytes of the body as text (at most 64 KiB are read).
    case http(status: Int, body: String)
    case connected
    case refused
    case reset
    /// Closed before an answer was whole.
    case closed
    case timedOut
    /// Something that is not HTTP.
    case malformed
    /// Another error of the system, errno(3).
    case fault(code: Int32)
    /// A program's exit status, and the beginning of what it said.
    case exited(status: Int, output: String)
    /// A program that could not be run.
    case notRun(String)
    /// How the unit stands, where the check is about the unit itself.
    case unit(active: String, sub: String)
}
