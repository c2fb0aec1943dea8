// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Flips private ports of this machine between both slots while connections to them come and go, and measures what is
/// lost. No client's port is touched: the rules are a table of their own and lead from loopback alone.
struct Rehearsal: Sendable {
    /// One port under load: where clients of the load connect, and where both slots listen.
    struct Lane: Sendable {
        var name: String
        var port: Int
        var active: TrafficEntry
        var idle: TrafficEntry
        /// What is sent; nil only connects.
        var request: [UInt8]?
    }

    let lanes: [Lane]
    let traffic: any TrafficSwitch
    let client: any RehearsalClient
    let clock: any HostClock
    /// Open connections at the idle slot.
    let openAtIdle: @Sendable () throws -> Int

    private static let workers = 4
    private static let pause = 100
    /// Past what a retransmitted SYN takes twice: a stall is told from a loss.
    private static let limit = 5_000
    private static let drainLimit: Int64 = 10_000

    struct Measured {
        var milliseconds: Int64 = 0
        var flips: [Int64] = []
        var connections = 0
        var failed: [String: Int] = [:]
        var longestStall: Int64 = 0
        var drain: Int64?
    }

    func run(for span: TimeSpan) async throws -> Measured {
        let before = try openAtIdle()
        _ = try await traffic.ensure()
        try await traffic.flip(to: table(toIdle: false))
        let tally = RehearsalTally()
        let begun = clock.monotonicMilliseconds()
        var measured = Measured()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Rehearsal.workers {
                group.addTask { await load(startingAt: worker, tally: tally) }
            }
            // Whatever happens here, the workers must end, or the group would wait for them for ever.
            defer { tally.end() }
            measured.flips = try await flip(until: begun + Int64(span.milliseconds))
            measured.milliseconds = clock.monotonicMilliseconds() - begun
            // The last flip left the idle slot: the load goes on at the other, and what it has open there must end.
            measured.drain = try await drain(to: before)
        }
        let counts = tally.counts
        measured.connections = counts.connections
        measured.failed = counts.failed
        measured.longestStall = counts.longest
        return measured
    }

    /// - Returns: how long each flip took, in milliseconds; an even number of them, so that it ends where it began.
    private func flip(until end: Int64) async throws -> [Int64] {
        var spent: [Int64] = []
        repeat {
            for toIdle in [true, false] {
                try await clock.sleep(milliseconds: Rehearsal.pause)
                let begun = clock.monotonicMilliseconds()
                try await traffic.flip(to: table(toIdle: toIdle))
                spent.append(clock.monotonicMilliseconds() - begun)
            }
        } while clock.monotonicMilliseconds() < end
        return spent
    }

    private func drain(to before: Int) async throws -> Int64? {
        let begun = clock.monotonicMilliseconds()
        while try openAtIdle() > before {
            guard clock.monotonicMilliseconds() - begun < Rehearsal.drainLimit else { return nil }
            try await clock.sleep(milliseconds: 10)
        }
        return clock.monotonicMilliseconds() - begun
    }

    private func load(startingAt first: Int, tally: RehearsalTally) async {
        var turn = first
        while !tally.isOver {
            let lane = lanes[turn % lanes.count]
            let isV6 = lane.active.ipv6 != nil && lane.idle.ipv6 != nil && (turn / lanes.count) % 2 == 1
            turn += 1
            let place = Endpoint(address: isV6 ? "::1" : "127.0.0.1", port: lane.port)
            let begun = clock.monotonicMilliseconds()
            let answer = await client.connect(to: place, request: lane.request, milliseconds: Rehearsal.limit)
            let spent = clock.monotonicMilliseconds() - begun
            tally.note(answer, milliseconds: spent)
        }
    }

    private func table(toIdle: Bool) -> TrafficTable {
        TrafficTable(
            lanes.map { lane in
                let end = toIdle ? lane.idle : lane.active
                // `host`: the load is on this machine, and nobody else can reach it.
                return TrafficTable.Entry(port: lane.port, exposure: .host, v4: end.ipv4, v6: end.ipv6)
            })
    }
}
