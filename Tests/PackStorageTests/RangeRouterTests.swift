// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import PackStorage

struct RangeRouterTests {
    /// A pack of a hundred thousand small files comes in pieces of many files each: more than a process may have open.
    @Test func noMoreIsOpenThanIsWritten() throws {
        var (open, most) = (0, 0)
        let routes = (0..<5000).map { number in
            PackRoute(
                offset: Int64(number * 10), length: 10,
                begin: {
                    open += 1
                    most = max(most, open)
                    return CollectingSink()
                }, end: { open -= 1 })
        }
        let router = RangeRouter(routes)
        for piece in [7, 20_000, 1, 29_992] { try write(piece, to: router) }
        #expect(router.isComplete)
        #expect(open == 0)
        #expect(most == 1)
    }

    /// Runs that overlap, one inside of another, and one that begins where a piece ends; each gets its bytes once.
    @Test(arguments: [1, 3, 10, 64, 100]) func eachRouteGetsItsRun(piece: Int) throws {
        let bytes = (0..<100).map { UInt8($0) }
        let runs = [0..<100, 10..<20, 12..<13, 20..<64, 64..<65, 99..<100]
        let sinks = runs.map { _ in CollectingSink() }
        var ended: [Int] = []
        let router = RangeRouter(
            runs.indices.reversed().map { number in
                PackRoute(
                    offset: Int64(runs[number].lowerBound), length: Int64(runs[number].count),
                    begin: { sinks[number] }, end: { ended.append(number) })
            })
        for start in stride(from: 0, to: bytes.count, by: piece) {
            #expect(!router.isComplete)
            try Array(bytes[start..<min(start + piece, 100)]).withUnsafeBytes { try router.write($0) }
        }
        #expect(router.isComplete)
        #expect(ended.sorted() == Array(runs.indices))
        for (run, sink) in zip(runs, sinks) { #expect(sink.bytes == Array(bytes[run])) }
    }

    private func write(_ count: Int, to router: RangeRouter) throws {
        try [UInt8](repeating: 0, count: count).withUnsafeBytes { try router.write($0) }
    }
}
