// SPDX-License-Identifier: Apache-2.0
import Testing
import Trust

/// Whatever the clock says, there is at most a warning, and each has its code.
@Suite struct TimeNoticeTests {
    /// 2026-11-21.
    private static let today: Int64 = 1_795_219_200
    private static let year: Int64 = 31_557_600
    private static let future: Int64 = 4_102_444_800

    struct Case: Sendable {
        var name: String
        var now: Int64
        var logged: Int64?
        var created: Int64?
        var best: Int64?
        var codes: [String]
    }

    @Test(arguments: [
        Case(name: "a clock that is right", now: today, logged: today - 60, created: today - year, codes: []),
        Case(name: "1970, and nothing else is known", now: 0, codes: ["clock-in-the-past"]),
        Case(name: "before 1970", now: -86_400, logged: today, codes: ["clock-in-the-past"]),
        Case(
            name: "as far back as a clock can be", now: .min, logged: .max, created: .min, codes: ["clock-in-the-past"]),
        Case(name: "2100", now: future, logged: today, codes: ["clock-in-the-future"]),
        Case(name: "the second before", now: future - 1, logged: today, codes: []),
        Case(name: "as far as a clock can be", now: .max, logged: .min, best: 0, codes: ["clock-in-the-future"]),
        Case(name: "a log that is later", now: today, logged: today + 301, codes: ["clock-in-the-past"]),
        Case(name: "a log that is a little later", now: today, logged: today + 300, codes: []),
        Case(name: "a bundle of tomorrow: zones and builders", now: today, created: today + 86_400, codes: []),
        Case(name: "a bundle of next week", now: today, created: today + 7 * 86_400, codes: ["clock-in-the-past"]),
        Case(name: "the log of a host whose clock stood at 2100", now: today, logged: future + 5, codes: []),
        Case(name: "past its best", now: today, best: today, codes: ["best-before-passed"]),
        Case(name: "not yet", now: today, best: today + 1, codes: []),
        // By a clock that cannot be right nobody knows what is past.
        Case(name: "past its best by a clock at 2100", now: future, best: today, codes: ["clock-in-the-future"]),
        Case(name: "past its best in 1970, by a clock there", now: 10, best: 5, codes: ["clock-in-the-past"]),
    ])
    func says(_ one: Case) {
        let notices = TimeNotice.judge(
            now: one.now, lastLogged: one.logged, created: one.created,
            bestBefore: one.best.map { (root: 3, seconds: $0, text: "then") })
        #expect(notices.map(\.code) == one.codes, "\(one.name)")
    }

    /// The witness that is farthest ahead is named.
    @Test func namesTheWitness() {
        let notices = TimeNotice.judge(now: 5, lastLogged: Self.today, created: Self.today - 9)
        #expect(notices == [.clockInThePast(now: 5, witness: .auditLog, later: Self.today)])
        #expect(
            TimeNotice.judge(now: 5, lastLogged: 4) == [
                .clockInThePast(now: 5, witness: .program, later: 1_735_689_600)
            ])
    }
}
