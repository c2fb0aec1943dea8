// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Foundation
import Testing

@testable import Installer

/// Prometheus' text format, as real exporters write it and as they must not.
@Suite struct ExpositionTextTests {
    private func sum(_ selector: String, _ page: String) throws -> ExpositionText.Sum {
        try ExpositionText.sum(of: try #require(SampleSelector(selector)), in: page.utf8)
    }

    /// From prometheus-node-exporter 1.5.0 (Debian 12), `curl localhost:9100/metrics`.
    private static func nodeExporter() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Vectors/metrics/node-exporter-1.5.0.txt").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test(arguments: [
        (#"node_cpu_seconds_total{cpu="0",mode="idle"}"#, 1), (#"node_cpu_seconds_total{mode="idle"}"#, 2),
        ("node_cpu_seconds_total", 16), (#"node_cpu_seconds_total{mode!="idle"}"#, 14), ("node_cpu", 0),
        ("node_memory_MemTotal_bytes", 1), (#"go_gc_duration_seconds{quantile="0.5"}"#, 1),
        (#"node_uname_info{sysname="Linux",domainname="(none)"}"#, 1), (#"node_uname_info{sysname=""}"#, 0),
    ])
    func aRealPageIsRead(selector: String, samples: Int) throws {
        let found = try sum(selector, Self.nodeExporter())
        #expect(found.samples == samples)
        #expect(found.value.isFinite)
    }

    @Test(
        arguments: [
            ("a 1", 1), ("a 1.5e+06", 1_500_000), ("a +Inf", .infinity), ("a -Inf", -.infinity), ("a{} 3", 3),
            ("a{b=\"c\"} 4 1395066363000", 4), ("  a\t 5  ", 5), ("a 1\r\na 2\r\n", 3),
            ("# HELP a b\n# TYPE a gauge\n\na 7", 7),
            ("a{b=\"x\\\\y\\\"z\\n{},=\",} 8", 8), ("a{b = \"c\" , d=\"e\"} 9", 9), ("b 1\na_total 2\n", 0), ("", 0),
            ("a:b 3", 0),
        ] as [(String, Double)])
    func whatTheFormatAllows(page: String, value: Double) throws {
        #expect(try sum("a", page).value == value)
    }

    @Test(arguments: [
        "<html>", "a", "a one", "a 1 2 3", "a{b=c} 1", "a{b=\"c} 1", "a{b=\"\\x\"} 1", "a{b=\"1\",b=\"2\"} 1", "1a 1",
        "a{b=\"c\" d=\"e\"} 1", "a 0x10", "a 1_000", "a 1 soon", "a{b!=\"c\"} 1", "{} 1", "a{,} 1",
    ])
    func whatItDoesNotIsNoPage(page: String) throws {
        #expect(throws: ExpositionText.Fault(line: 2)) { try sum("a", "b 1\n" + page) }
    }

    @Test func notANumberIsReadAsSuch() throws { #expect(try sum("a", "a NaN").value.isNaN) }

    @Test(arguments: ["a{", "a{b}", "a{b=\"c\"", "1a", "a b", "a{b~=\"c\"}", "", "{a=\"b\"}", "a{b=\"c\"}d"])
    func whatIsNoSelector(text: String) { #expect(SampleSelector(text) == nil) }

    @Test func aLabelThatIsNotThereIsEmpty() throws {
        let page = "a{b=\"c\"} 1\na 2\na{b=\"\"} 4"
        #expect(try sum("a{b=\"\"}", page).value == 6)
        #expect(try sum("a{b!=\"\"}", page).value == 1)
    }

    @Test(arguments: [
        ("5", 5), ("-0.25", -0.25), ("150%", 150), ("1000000000000", 1e12), ("0.000001", 0.000001),
    ])
    func aQuantityIsWhatItSays(text: String, number: Double) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.number == number)
        #expect(quantity.description == text)
    }

    @Test(arguments: ["", "5.", ".5", "1e3", "+5", "05", "-5%", "%", "0.0000001", "5 ", "1000000000001", "nan"])
    func whatIsNoQuantity(text: String) { #expect(Quantity(text) == nil) }
}
