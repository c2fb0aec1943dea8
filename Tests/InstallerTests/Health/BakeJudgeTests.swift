// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

/// What metrics and logs say while a release bakes.
@Suite struct BakeJudgeTests {
    private func readings(_ bounds: MetricBounds, old: Double? = nil, _ values: [(Int64, Double)]) -> [Bool] {
        var judge = MetricJudge(bounds)
        judge.old = old
        return values.map { now, value in
            let reading = judge.read(ExpositionText.Sum(value: value, samples: 1), now: now)
            return judge.accepts(reading)
        }
    }

    private func at(_ text: String) throws -> Quantity { try #require(Quantity(text)) }

    @Test func aValueStaysInItsBounds() throws {
        let bounds = MetricBounds(atMost: try at("5"), atLeast: try at("1"))
        #expect(readings(bounds, [(0, 1), (1, 5), (2, 5.1), (3, 0), (4, .nan)]) == [true, true, false, false, false])
    }

    /// What was counted before is not this release's doing under traffic; a counter that starts again counts on.
    @Test func anIncreaseIsCountedOverItsSpan() throws {
        let bounds = MetricBounds(atMost: try at("5"), per: .seconds(60))
        #expect(readings(bounds, [(0, 900), (1000, 905), (2000, 906)]) == [true, true, false])
        #expect(readings(bounds, [(0, 10), (1000, 15), (61_001, 16), (62_000, 20)]) == [true, true, true, true])
        #expect(readings(bounds, [(0, 10), (1000, 3), (2000, 5), (3000, 6)]) == [true, true, true, false])
    }

    @Test func anIncreaseThatStillGrowsIsNotTooSmall() throws {
        let bounds = MetricBounds(atLeast: try at("10"), per: .seconds(60))
        #expect(readings(bounds, [(0, 0), (59_000, 9), (60_000, 9)]) == [true, true, false])
        #expect(readings(bounds, [(0, 0), (60_000, 10)]) == [true, true])
    }

    @Test func theOldSlotIsTheMeasure() throws {
        let more = MetricBounds(atMost: try at("5"), againstOld: true)
        #expect(readings(more, old: 100, [(0, 105), (1, 105.5)]) == [true, false])
        let share = MetricBounds(atMost: try at("150%"), atLeast: try at("50%"), againstOld: true)
        #expect(readings(share, old: 100, [(0, 150), (1, 151), (2, 50), (3, 49)]) == [true, false, true, false])
        #expect(readings(share, old: nil, [(0, 1000)]) == [true])
    }

    @Test(arguments: [(60.0, 60_000, 3_600_000, 1.0), (60, 60_000, 30_000, 60), (60, nil, 1, 60)])
    func theOldSlotsRateIsOverItsLife(sum: Double, per: Int?, age: Int64, expected: Double) {
        let span = per.map { TimeSpan(milliseconds: $0) }
        #expect(MetricJudge.baseline(sum, per: span, age: age) == expected)
    }

    // MARK: - Through the checker

    private let unit = "pagi.web.blue.service"

    private func watch(
        _ check: HealthCheck, pages: [String] = [], journal: [[String]] = [], old: HealthTarget.OldCopy? = nil
    ) async throws {
        var script = ScriptedServices.Script()
        script.states[unit] = [.running]
        script.states["old"] = [UnitState(active: "active", sub: "running", invocation: "o", activeSince: 1_000_000)]
        script.pages[unit] = journal
        let here = TargetPort(v4: Endpoint(address: "169.254.77.1", port: 9100), v6: nil)
        var target = HealthTarget(service: "web", unit: unit, ports: ["http": here], checks: [check])
        target.old = old
        let checker = HealthChecker(
            services: ScriptedServices(script), clock: TestClock(),
            probe: ScriptedProbe(pages.map { .http(status: 200, body: $0) } + [.refused]),
            scan: { ListenerScan(table: TCPTable(sockets: [])) { _ in [:] } })
        try await checker.watch([target], for: .seconds(5))
    }

    private func metrics(_ bounds: MetricBounds) -> HealthCheck {
        HealthCheck(
            probe: .metrics(port: "http", path: "/metrics", sample: "errors", bounds: bounds, host: nil, tls: nil))
    }

    private func failure(_ body: () async throws -> Void) async -> ProbeAnswer? {
        do { try await body() } catch { return (error as? HealthFailure)?.answer }
        return nil
    }

    @Test func aMetricEndsTheBake() async throws {
        let check = metrics(MetricBounds(atMost: try at("5"), per: .seconds(60)))
        let pages = Array(repeating: "errors 7", count: 5)
        try await watch(check, pages: pages)
        let answer = await failure { try await watch(check, pages: ["errors 7", "errors 13"]) }
        #expect(answer == .measured(MetricReading(value: 6, samples: 1)))
        let broken = await failure { try await watch(check, pages: ["<html>"]) }
        #expect(broken == .badPage(line: 1))
    }

    /// The first answer is the old slot's.
    @Test func theOldSlotIsAskedFirst() async throws {
        let check = metrics(MetricBounds(atMost: try at("150%"), againstOld: true))
        let old = HealthTarget.OldCopy(
            unit: "old", ports: ["http": Endpoint(address: "169.254.77.2", port: 9100)])
        try await watch(check, pages: ["errors 10"] + Array(repeating: "errors 15", count: 5), old: old)
        let answer = await failure { try await watch(check, pages: ["errors 10", "errors 16"], old: old) }
        #expect(answer == .measured(MetricReading(value: 16, samples: 1, old: 10)))
    }

    @Test func linesThatMatchEndTheBake() async throws {
        let check = HealthCheck(probe: .log(pattern: "^panic|out of memory", atMost: 1, per: .seconds(60)))
        try await watch(check, journal: [["panic: before"], ["panic: one", "no panic here"], ["all well"]])
        let answer = await failure {
            try await watch(check, journal: [[], ["panic: 1"], ["fine"], ["killed: out of memory"]])
        }
        #expect(answer == .logged(lines: 2, last: "killed: out of memory"))
    }

    @Test func aJournalIsReadEntryByEntry() {
        let text = """
            {"__CURSOR":"c1","MESSAGE":"one","_BOOT_ID":"b"}
            {"__CURSOR":"c2","MESSAGE":[111,27,255,107]}
            {"__CURSOR":"c3","MESSAGE":null}
            {"__CURSOR":"c4","MESS
            """
        let page = JournalPage(json: Array(text.utf8), after: "c0")
        #expect(page == JournalPage(messages: ["one", "o\u{1B}\u{FFFD}k"], cursor: "c3"))
        #expect(JournalPage(json: [], after: "c0") == JournalPage(cursor: "c0"))
    }
}
