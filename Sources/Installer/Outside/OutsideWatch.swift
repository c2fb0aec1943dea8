// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostRecords
import HostSystem

/// Asks public ports from outside all through a bake.
package struct OutsideWatch: Sendable {
    /// So many misses in a row are one too many: a listener's full queue drops a SYN now and then.
    static let misses = 3
    /// Between two rounds, in milliseconds.
    static let pause = 1000

    let environment: InstallerEnvironment

    package init(environment: InstallerEnvironment) { self.environment = environment }

    /// At least one whole round, however short the bake is.
    /// - Throws: `DeploymentError.lostFromOutside`. A host that cannot be looked at is left alone.
    package func watch(_ ports: [OutsidePort], for span: TimeSpan) async throws {
        guard !ports.isEmpty, let view = try? await environment.outside.open() else { return }
        do {
            try await watch(ports, by: view, for: span)
        } catch {
            await view.close()
            throw error
        }
        await view.close()
    }

    private func watch(_ ports: [OutsidePort], by view: any OutsideView, for span: TimeSpan) async throws {
        let end = environment.clock.monotonicMilliseconds() + Int64(span.milliseconds)
        var missed: [Int: Int] = [:]
        repeat {
            let answers = try await view.connect(to: ports, milliseconds: 1300)
            let lost = answers.filter { $0.answer != .connected }
            let numbers = Set(lost.map(\.port))
            missed = missed.filter { numbers.contains($0.key) }
            for number in numbers { missed[number, default: 0] += 1 }
            if let first = lost.first(where: { missed[$0.port, default: 0] >= OutsideWatch.misses }),
                let port = ports.first(where: { $0.number == first.port })
            {
                try await judge(first, port, view)
                missed[first.port] = nil
            }
            if missed.isEmpty, environment.clock.monotonicMilliseconds() >= end { return }
            try await environment.clock.sleep(milliseconds: missed.isEmpty ? OutsideWatch.pause : 100)
        } while true
    }

    /// What the slot does not answer either is health's to tell; what depends on who asks is nobody's fault.
    private func judge(_ answer: OutsideAnswer, _ port: OutsidePort, _ view: any OutsideView) async throws {
        guard let slot = answer.isV6 ? port.v6 : port.v4,
            await environment.probe.tcp(slot, milliseconds: 1000) == .connected
        else { return }
        let block = try await view.block(of: [port])
        guard block?.isCertain ?? true else { return }
        throw DeploymentError.lostFromOutside(
            port: port.number, isV6: answer.isV6, answer: answer.answer, place: block?.place,
            opening: block?.opening([port]))
    }
}

extension StateRecord {
    /// What clients on other machines use, and where it leads.
    var outsidePorts: [OutsidePort] { traffic.filter { $0.exposure == .public }.map(\.outsidePort) }
}

extension TrafficEntry {
    var outsidePort: OutsidePort { OutsidePort(number: number, v4: ipv4, v6: ipv6) }
}
