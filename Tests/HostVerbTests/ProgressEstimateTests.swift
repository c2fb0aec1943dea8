// SPDX-License-Identifier: Apache-2.0
import HostRecords
import Testing

@testable import Commands

/// A percentage that never goes back, and a time that is left only where every part of it was measured.
struct ProgressEstimateTests {
    private let parts = [
        ProgressEstimate.Part(id: "stage", measured: nil, share: 6000),
        ProgressEstimate.Part(id: "start", measured: 2000, share: 1000),
        ProgressEstimate.Part(id: "bake", measured: 4000, share: 1000),
    ]

    @Test func percentNeverGoesBack() {
        var estimate = ProgressEstimate(parts)
        estimate.begin("stage", title: "stage", now: 0)
        var shown: [Int] = []
        for done in [Int64(10), 90, 40, 100] {
            estimate.advance(done: done, total: 100, now: 100)
            shown.append(estimate.progress(now: 100).percent)
        }
        estimate.begin("bake", title: "bake", now: 200)
        shown.append(estimate.progress(now: 200).percent)
        estimate.begin("stage", title: "again", now: 300)
        shown.append(estimate.progress(now: 300).percent)
        #expect(shown == [5, 45, 45, 50, 66, 66])
    }

    @Test func timeLeftIsMeasuredOrAbsent() {
        var estimate = ProgressEstimate(parts)
        estimate.begin("stage", title: "stage", now: 0)
        estimate.advance(done: 10, total: 100, now: 1000)
        #expect(estimate.progress(now: 1000).left == nil, "one second is no rate")
        estimate.advance(done: 25, total: 100, now: 3000)
        let progress = estimate.progress(now: 3000)
        #expect(progress.leftOfStep == 9)
        #expect(progress.left == 9 + 6)
        var unknown = ProgressEstimate(parts + [ProgressEstimate.Part(id: "drain", measured: nil, share: 1)])
        unknown.begin("start", title: "start", now: 0)
        #expect(unknown.progress(now: 500).left == nil, "a step that nobody ever measured")
    }

    @Test func aStepThatTakesLongerThanLastTimeDoesNotPassItsEnd() {
        var estimate = ProgressEstimate(parts)
        estimate.begin("start", title: "start", now: 0)
        let late = estimate.progress(now: 60_000)
        #expect(late.percent < 67)
        #expect(late.left == 4)
    }
}
