// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

struct UTCSecondsTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:00:00Z", 951_825_600), ("2026-11-21T04:40:00Z", 1_795_236_000),
            ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400), ("2026-13-01T00:00:00Z", nil),
            ("2026-11-21 04:40:00Z", nil), ("", nil),
        ] as [(String, Int64?)])
    func reads(text: String, seconds: Int64?) { #expect(UTCSeconds.read(text) == seconds) }
}
