// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

@Suite struct HealthCheckerTests {
    private let unit = "pagi.web.blue.service"
    private let here = Endpoint(address: "169.254.77.1", port: 8080)
    private let here6 = Endpoint(address: "fd77::1", port: 8080)
    private let ok = ProbeAnswer.http(status: 200, body: "all ok")

    private func http(passes: Int = 1, body: String? = nil) -> HealthCheck {
        HealthCheck(probe: .http(port: "http", path: "/up", status: 200, body: body, host: nil), passes: passes)
    }

    private func target(_ checks: [HealthCheck]) -> HealthTarget {
        HealthTarget(
            service: "web", unit: unit, ports: ["http": TargetPort(v4: here, v6: here6)], checks: checks,
            task: TransientTask(["/w"], user: "_pagi"))
    }

    private func checker(
        _ probe: ScriptedProbe, states: [UnitState] = [.running], results: [CommandResult] = [],
        sockets: [TCPSocket] = [], unitOf: [UInt64: String] = [:]
    ) -> HealthChecker {
        var script = ScriptedServices.Script()
        script.states[unit] = states
        script.journals[unit] = ["panic: no config"]
        script.results = results
        return HealthChecker(
            services: ScriptedServices(script), clock: TestClock(), probe: probe,
            scan: {
                ListenerScan(table: TCPTable(sockets: sockets)) { _ in
                    unitOf.mapValues { SocketOwner(process: 1, program: "web", controlGroup: "/system.slice/\($0)") }
                }
            })
    }

    private func listener(_ endpoint: SocketEndpoint, inode: UInt64 = 1) throws -> TCPSocket {
        let hex = SocketLines.line(endpoint, inode)
        return try #require(TCPTable(v4: hex, v6: "").sockets.first)
    }

    private func failure(_ body: () async throws -> Void) async -> HealthFailure? {
        do {
            try await body()
        } catch let failure as HealthFailure {
            return failure
        } catch {
            Issue.record("\(error)")
            return nil
        }
        Issue.record("nothing was thrown")
        return nil
    }

    @Test func itWaitsForPassesInARow() async throws {
        let probe = ScriptedProbe([.refused, ok, .http(status: 500, body: ""), ok, ok, ok])
        let healthy = try await checker(probe).waitUntilHealthy(target([http(passes: 3)]), deadline: .seconds(60))
        #expect(probe.questions.count == 6)
        #expect(healthy.service == "web")
        #expect(healthy.ipv6Ports == [])
    }

    @Test(arguments: [
        ProbeAnswer.http(status: 503, body: "loading"), .refused, .timedOut, .malformed, .http(status: 200, body: "no"),
    ])
    func theLastAnswerIsInTheFailure(answer: ProbeAnswer) async throws {
        let checks = [http(body: "ok")]
        let checker = checker(ScriptedProbe([answer]))
        let failure = await failure {
            _ = try await checker.waitUntilHealthy(target(checks), deadline: .seconds(5))
        }
        #expect(failure?.reason == .deadline(.seconds(5)))
        #expect(failure?.answer == answer)
        #expect(failure?.check == checks[0])
        #expect(failure?.journal == ["panic: no config"])
        #expect(failure?.state == .running)
    }

    @Test(arguments: [
        (
            UnitState(active: "failed", sub: "failed", result: "exit-code", mainStatus: 1),
            HealthFailure.Reason.unitFailed
        ),
        (UnitState(active: "activating", sub: "auto-restart", restarts: 1), .unitRestarted(times: 1)),
        (UnitState(active: "active", sub: "running", restarts: 2, invocation: "c"), .unitRestarted(times: 2)),
        (UnitState(active: "inactive", sub: "dead"), .unitStopped),
    ])
    func aUnitThatFellIsNotWaitedFor(state: UnitState, reason: HealthFailure.Reason) async throws {
        let probe = ScriptedProbe([.refused])
        let checker = checker(probe, states: [.running, .running, state])
        let failure = await failure {
            _ = try await checker.waitUntilHealthy(target([http()]), deadline: .seconds(600))
        }
        #expect(failure?.reason == reason)
        #expect(probe.questions.count < 3)
    }

    @Test func aProgramThatIsAliveIsOneThatStayed() async throws {
        let checks = [HealthCheck(probe: .alive(duration: .seconds(10)))]
        let healthy = try await checker(ScriptedProbe([.refused])).waitUntilHealthy(
            target(checks), deadline: .seconds(60))
        #expect(healthy.milliseconds >= 10_000)
    }

    @Test func aCommandRunsAsTheServiceAndMustEndWell() async throws {
        let checks = [HealthCheck(probe: .exec(command: ["/usr/bin/ready", "$x"]))]
        let results = [CommandResult(status: 1, output: Array("not yet".utf8)), CommandResult(status: 0)]
        _ = try await checker(ScriptedProbe([.refused]), results: results)
            .waitUntilHealthy(target(checks), deadline: .seconds(60))
        let checker = checker(ScriptedProbe([.refused]), results: [results[0]])
        let failure = await failure { _ = try await checker.waitUntilHealthy(target(checks), deadline: .seconds(3)) }
        #expect(failure?.answer == .exited(status: 1, output: "not yet"))
    }

    @Test func ipv6IsOfferedWhereItIsListenedOn() async throws {
        let there = try #require(here6.socket)
        let healthy = try await checker(ScriptedProbe([ok]), sockets: [listener(there)])
            .waitUntilHealthy(target([http()]), deadline: .seconds(5))
        #expect(healthy.ipv6Ports == ["http"])
    }

    @Test(arguments: [
        (SocketEndpoint(address: [0, 0, 0, 0], port: 8080), "user@0.service", true),
        (SocketEndpoint(address: [UInt8](repeating: 0, count: 16), port: 8080), "libpod-1.scope", true),
        (SocketEndpoint(address: [0, 0, 0, 0], port: 6060), "pagi.web.blue.service", true),
        (SocketEndpoint(address: [10, 0, 0, 1], port: 6060), "pagi.web.blue.service", true),
        (SocketEndpoint(address: [0, 0, 0, 0], port: 22), "ssh.service", false),
        (SocketEndpoint(address: [127, 0, 0, 1], port: 6060), "pagi.web.blue.service", false),
        (SocketEndpoint(address: [169, 254, 77, 1], port: 8080), "pagi.web.blue.service", false),
    ])
    func aProgramThatListensWiderIsRefused(place: SocketEndpoint, holder: String, refused: Bool) async throws {
        let checker = try checker(ScriptedProbe([ok]), sockets: [listener(place)], unitOf: [1: holder])
        var target = target([http()])
        if refused {
            let failure = await failure { _ = try await checker.waitUntilHealthy(target, deadline: .seconds(5)) }
            let reason = HealthFailure.Reason.listensWider(port: place.port, address: place.addressText, program: "web")
            #expect(failure?.reason == reason)
            target.ports["http"]?.bindAny = true
        }
        _ = try await checker.waitUntilHealthy(target, deadline: .seconds(5))
    }

    @Test func aBakeEndsWithTheFirstFault() async throws {
        try await checker(ScriptedProbe([ok])).watch([target([http()])], for: .seconds(30))
        let flapping = checker(ScriptedProbe([ok, .http(status: 500, body: "x"), ok]))
        try await flapping.watch([target([http(passes: 2)])], for: .seconds(30))
        let broken = checker(ScriptedProbe([ok, .http(status: 500, body: "x")]))
        let failure = await failure { try await broken.watch([target([http(passes: 2)])], for: .seconds(30)) }
        #expect(failure?.reason == .checkFailed)
        let restarted = UnitState(active: "active", sub: "running", restarts: 4, invocation: "b")
        let before = UnitState(active: "active", sub: "running", restarts: 3, invocation: "a")
        let unsteady = checker(ScriptedProbe([ok]), states: [before, before, restarted])
        let second = await self.failure { try await unsteady.watch([target([http()])], for: .seconds(30)) }
        #expect(second?.reason == .unitRestarted(times: 1))
    }

    /// A fault of one of many is told when it is found, not when the watch over the others ends.
    @Test func aFaultOfOneEndsTheBakeOfAll() async throws {
        let clock = TestClock()
        var script = ScriptedServices.Script()
        script.states = [unit: [.running], "ill": [UnitState(active: "failed", sub: "failed")]]
        let checker = HealthChecker(services: ScriptedServices(script), clock: clock, probe: ScriptedProbe([ok]))
        var ill = target([])
        ill.unit = "ill"
        let begun = clock.monotonicMilliseconds()
        let failure = await failure { try await checker.watch([target([]), ill], for: .seconds(100_000)) }
        #expect(failure?.reason == .unitFailed)
        #expect(clock.monotonicMilliseconds() - begun < 50_000_000)
    }

    /// Right before traffic: one answer is enough, a service that fell over meanwhile is found, `alive` is not waited for.
    @Test func whoWasHealthyIsAskedOnceMore() async throws {
        let ill = ProbeAnswer.http(status: 500, body: "x")
        let alive = HealthCheck(probe: .alive(duration: .seconds(10)))
        let well = ScriptedProbe([ok])
        try await checker(well).confirm([target([http(passes: 3), alive])])
        #expect(well.questions.count == 1)
        try await checker(ScriptedProbe([ill, ok])).confirm([target([http(passes: 2)])])
        let fallen = checker(ScriptedProbe([ill]))
        let failure = await failure { try await fallen.confirm([target([http(passes: 2)])]) }
        #expect(failure?.reason == .checkFailed)
        #expect(failure?.answer == ill)
        // Behind a replaced service it may take its time to connect again.
        try await checker(ScriptedProbe([ill, ill, ill, ok])).confirm([target([http()])], within: .seconds(5))
    }

    /// The answer that happened to come last is not the one that a person has to see.
    @Test func aServiceThatFlapsShowsWhatWasWrong() async throws {
        let ill = ProbeAnswer.http(status: 500, body: "x")
        let flapping = checker(ScriptedProbe([ok, ill, ok, ill, ok, ill, ok, ok]))
        let failure = await failure {
            _ = try await flapping.waitUntilHealthy(target([http(passes: 3)]), deadline: TimeSpan(milliseconds: 4400))
        }
        #expect(failure?.answer == ill)
    }
}
