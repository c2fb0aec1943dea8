// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Comparison

/// Bytes of packs in proportion.
@Suite struct ShareTests {
    static let names = ["a", "b", "c"].map { String(repeating: $0, count: 64) }

    /// One pack of 100 stored bytes for 1,000: a has the first half, b and c share the second, b its end alone.
    private func index() throws -> PackIndex {
        let text = """
            bundle-packs/1
            pack \(Self.names[0]) xz 100 1000
            pack \(Self.names[1]) raw 40 40
            content \(Self.names[0]) 500 0:0:500
            content \(Self.names[1]) 500 0:500:500
            content \(Self.names[2]) 340 0:500:250 0:600:50 1:0:40

            """
        return try PackIndex(parsing: Array(text.utf8))
    }

    private func shares(of charged: String...) throws -> (total: Int64, costs: [Int64]) {
        let digests = Set(charged.compactMap { Digest(hex: String(repeating: $0, count: 64)) })
        let shares = PackShares(try index()) { digests.contains($0) }
        return (
            shares.total,
            try charged.map { shares.cost(of: try #require(Digest(hex: String(repeating: $0, count: 64)))) }
        )
    }

    @Test func addUpToThePacks() throws {
        let all = try shares(of: "a", "b", "c")
        #expect(all.total == 140)
        #expect(all.costs.reduce(0, +) - 140 <= 2, "rounded up each")
        #expect(all.costs == [39, 39, 64], "a run that two name is paid by both")
    }

    /// A run that an uncharged content shares is carried all the same.
    @Test func ofSomeContents() throws {
        #expect(try shares(of: "a") == (50, [50]))
        #expect(try shares(of: "b") == (50, [50]))
        // 250 bytes of the first pack, a fifth of them named twice, and the whole second one.
        #expect(try shares(of: "c") == (65, [65]))
        #expect(try shares().total == 0)
    }
}
