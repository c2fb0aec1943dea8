// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Looks at this host's public ports from where clients are. A connection from the host itself passes firewalls that turn
/// real clients away.
package protocol OutsideLook: Sendable {
    /// - Throws: `OutsideError`: this host cannot be looked at so, which is no fault of a release.
    func open() async throws -> any OutsideView
    /// Takes away what killed runs left.
    func sweep() async
}

/// A place outside, until it is closed.
package protocol OutsideView: Sendable {
    /// Puts listeners of ours behind the ports, for this view alone: what serves is not touched.
    func stand(behind ports: [OutsidePort]) async throws
    /// Connects to each port, by IPv6 as well where it leads somewhere and both ends have it.
    func connect(to ports: [OutsidePort], milliseconds: Int) async throws -> [OutsideAnswer]
    /// Follows packets through the kernel to the rule that drops them; nil when none is seen to.
    func block(of ports: [OutsidePort]) async throws -> FirewallBlock?
    /// Leaves nothing behind.
    func close() async
}

/// A public port, and where it leads.
package struct OutsidePort: Equatable, Sendable {
    package var number: Int
    package var v4: Endpoint?
    package var v6: Endpoint?
    /// Whether somebody listens at the port itself, so that no packet to it is rewritten.
    package var isHeld: Bool

    package init(number: Int, v4: Endpoint?, v6: Endpoint?, isHeld: Bool = false) {
        self.number = number
        self.v4 = v4
        self.v6 = v6
        self.isHeld = isHeld
    }

    /// What a firewall behind the rewriting sees.
    package var inner: Int { v4?.port ?? v6?.port ?? number }
}

package struct OutsideAnswer: Equatable, Sendable {
    package var port: Int
    package var isV6: Bool
    package var answer: ConnectionAnswer

    package init(port: Int, isV6: Bool, answer: ConnectionAnswer) {
        self.port = port
        self.isV6 = isV6
        self.answer = answer
    }
}

package enum OutsideError: Error, Equatable, Sendable {
    /// No namespace, no wire: a container that may not, or a kernel without them.
    case impossible(what: String, message: String)
}

/// For tests, and where nothing is to be asked.
package struct NoOutside: OutsideLook {
    package init() {}

    package func open() async throws -> any OutsideView {
        throw OutsideError.impossible(what: "outside", message: "not asked")
    }

    package func sweep() async {}
}

/// What is known of public ports from outside.
package struct OutsideReport: Equatable, Sendable {
    package var answers: [OutsideAnswer]
    /// The firewall that turns away what did not arrive, if that could be followed.
    package var block: FirewallBlock?

    package init(answers: [OutsideAnswer] = [], block: FirewallBlock? = nil) {
        self.answers = answers
        self.block = block
    }

    /// Ports that do not answer, with the first answer that says so.
    package var missed: [OutsideAnswer] {
        var seen: Set<Int> = []
        return answers.filter { $0.answer != .connected && seen.insert($0.port).inserted }
    }
}

extension OutsideLook {
    /// One look at ports as they are.
    package func look(at ports: [OutsidePort]) async -> OutsideReport? {
        await report(on: ports, standing: false)
    }

    /// One look at ports that nothing serves yet, or that something else serves: listeners of ours stand behind them.
    package func rehearse(_ ports: [OutsidePort]) async -> OutsideReport? {
        await report(on: ports, standing: true)
    }

    /// - Returns: nil when this host cannot be looked at from outside.
    private func report(on ports: [OutsidePort], standing: Bool) async -> OutsideReport? {
        guard !ports.isEmpty else { return OutsideReport() }
        guard let view = try? await open() else { return nil }
        var report: OutsideReport?
        do {
            if standing { try await view.stand(behind: ports) }
            // Long enough for the kernel to send a lost SYN again.
            var found = OutsideReport(answers: try await view.connect(to: ports, milliseconds: 1300))
            // Once more: a busy machine is no firewall.
            if !found.missed.isEmpty { found.answers = try await view.connect(to: ports, milliseconds: 1300) }
            let missed = Set(found.missed.map(\.port))
            if !missed.isEmpty { found.block = try await view.block(of: ports.filter { missed.contains($0.number) }) }
            report = found
        } catch {
            report = nil
        }
        await view.close()
        return report
    }
}
