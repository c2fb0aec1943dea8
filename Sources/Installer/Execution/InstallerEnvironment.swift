// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Events
package import HostRecords
package import HostSystem

/// The doors through which a deployment reaches the host; tests put fakes behind them.
package struct InstallerEnvironment: Sendable {
    package var layout: HostLayout
    package var runner: any CommandRunner
    package var services: any ServiceManager
    /// Of the driver in force: `driving` chooses it by the plan or the record at hand.
    package private(set) var traffic: any TrafficSwitch
    private let switches: @Sendable (TrafficDriver) -> any TrafficSwitch
    package var clock: any HostClock
    package var events: any EventSink
    /// This program, which becomes the host's own.
    package var program: HostPath = "/proc/self/exe"
    package var probe: any HealthProbe = NetworkProbe()
    package var client: any RehearsalClient = NetworkClient()
    package var scan: @Sendable () throws -> ListenerScan = { ListenerScan(table: try TCPTable.read()) }
    /// From where clients are; by default nothing is asked there.
    package var outside: any OutsideLook = NoOutside()
    /// Asked before each step and after its work: what it throws, the step has failed with.
    package var checkpoint: @Sendable (Checkpoint) async throws -> Void = { _ in }

    /// How an operator, or the clock, ends it before its cutover.
    package var stopping = StopRequest()

    /// A failure in the words of a person, for the journal: what a change window's log is read for later.
    package var words: @Sendable (any Error) -> String = { "\($0)" }

    package enum Checkpoint: Equatable, Sendable {
        case begins(Step)
        case ends(Step)
    }

    package init(
        layout: HostLayout, runner: any CommandRunner, services: any ServiceManager,
        traffic: @escaping @Sendable (TrafficDriver) -> any TrafficSwitch, clock: any HostClock, events: any EventSink
    ) {
        self.layout = layout
        self.runner = runner
        self.services = services
        switches = traffic
        self.traffic = traffic(.nftables)
        self.clock = clock
        self.events = events
    }

    /// - Parameter driver: of a record or a plan, where nil means nftables.
    package func driving(_ driver: TrafficDriver?) -> InstallerEnvironment {
        var environment = self
        environment.traffic = switches(driver ?? .nftables)
        return environment
    }
}
