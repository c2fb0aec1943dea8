// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite("An address range")
struct AddressRangeTests {
    @Test(
        "means the same however it is written",
        arguments: [
            ("10.9.0.1/24", "10.9.0.0/24"), ("10.0.0.5", "10.0.0.5/32"), ("2001:DB8::/32", "2001:db8:0:0::/32"),
            ("::1", "0:0:0:0:0:0:0:1/128"), ("fd77::ff/120", "fd77::/120"), ("0.0.0.0/0", "9.9.9.9/0"),
        ])
    func equal(left: String, right: String) throws {
        #expect(try #require(AddressRange(left)) == #require(AddressRange(right)))
    }

    @Test(
        "is refused when it is none",
        arguments: [
            "", "10.9.0", "10.9.0.256", "10.9.0.0/33", "10.9.0.0/", "10.9.0.0/08", "1::2::3", "::/129", "fe80::1%eth0",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::ffff:10.0.0.1", "1:2:3:4:5:6:7::8", "a.b.c.d",
            "10.0.0.0/8/8",
        ])
    func malformed(text: String) { #expect(AddressRange(text) == nil) }

    @Test("leaves out what another one holds")
    func merges() {
        let ranges = ["10.9.0.0/24", "10.0.0.0/8", "192.0.2.7", "192.0.2.7/32", "fd00::/8", "fd77::/64"]
        let merged = AddressRange.merged(ranges.compactMap { AddressRange($0) })
        #expect(Set(merged.map(\.text)) == ["10.0.0.0/8", "192.0.2.7", "fd00::/8"])
    }
}
