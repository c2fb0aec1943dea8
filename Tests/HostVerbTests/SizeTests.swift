// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

struct SizeTests {
    @Test(arguments: [
        (Int64(0), "0 KiB"), (1, "1 KiB"), (824_772, "806 KiB"), (10 << 20, "10 MiB"), (10 << 20 | 1, "11 MiB"),
    ])
    func nothingIsNone(_ bytes: Int64, text: String) { #expect(Console.size(bytes) == text) }

    @Test(arguments: [(Int64(0), "1970-01-01T00:00:00Z"), (1_795_258_517, "2026-11-21T10:55:17Z")])
    func timesForPrograms(_ seconds: Int64, text: String) { #expect(UTCTime(seconds).rfc3339 == text) }
}
