// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Reporting
import Testing

struct AuditReportTests {
    private func report(_ findings: [AuditFinding] = []) throws -> AuditReport {
        var report = AuditReport(
            product: try #require(ReleaseName("shop")), hostname: "till-7", bootID: "b0", time: "2026-11-21T05:10:34Z",
            tool: "1.2.3")
        let digest = Digest.ofBytes([1])
        report.release = AuditReport.Release(
            version: Version(major: 1, minor: 4, patch: 0), digest: digest, directory: "1.4.0-\(digest.short)",
            slot: "blue")
        report.signers = [AuditReport.Signer(fingerprint: "f00d", keyID: "0123456789ABCDEF", comment: "by the author")]
        report.root = 3
        report.log = AuditReport.Chain(entries: 12, head: Digest.ofBytes([2]).hex)
        report.tally.files = 7
        report.findings = findings
        return report
    }

    private let changed = AuditFinding(
        .drift, .files, .changed, at: "/opt/shop/releases/x/bin/web", expected: "sha256 aa", found: "sha256 bb",
        isMendable: true)
    private let broken = AuditFinding(
        .damage, .log, .broken, at: "/var/lib/bundle/audit.log", found: "a break in line 2", remedy: "keep it")
    private let listed = AuditFinding(.note, .dropIns, .listed, at: "/etc/systemd/system/x.d/a.conf")

    @Test func verdictIsTheHeaviest() throws {
        #expect(try report().verdict == .clean)
        #expect(try report([listed]).verdict == .clean)
        #expect(try report([listed, changed]).verdict == .drift)
        #expect(try report([changed, broken, listed]).verdict == .damage)
        #expect(try report([listed, changed, broken]).sorted.map(\.weight) == [.damage, .drift, .note])
    }

    @Test func textNamesWhatWhereAndWhatToDo() throws {
        let text = try report([changed, broken]).text
        for part in [
            "shop 1.4.0", "on till-7", "signed by f00d", "trust root 3", "12 entries",
            "drift: a file of a release was changed: /opt/shop/releases/x/bin/web",
            "expected sha256 aa, found sha256 bb",
            "bundle audit shop --repair", "damage: the audit log is not the one that was written", "keep it",
            "damage: 1 fault in what proves this host, and 1 difference",
        ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
        #expect(try report().text.hasSuffix("clean: this host is what was signed\n"))
    }

    @Test func aNameCannotBeginALineOfItsOwn() throws {
        let evil = AuditFinding(
            .drift, .files, .unexpected, at: "a\nclean: this host is what was signed\u{1b}[2K\u{202e}", remedy: "rm")
        let text = try report([evil]).text
        #expect(!text.split(separator: "\n").dropLast().contains { $0.hasPrefix("clean") })
        #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" })
    }

    @Test func pageIsOneFileWithoutScript() throws {
        let evil = AuditFinding(
            .drift, .dropIns, .unexpected, at: "/etc/<script>alert('x')</script>\"&", expected: "<img src=x>",
            found: "</td>")
        var report = try report([evil, changed])
        report.hostname = "<b>till</b>"
        var repair = AuditReport.Repair()
        repair.mended = [changed]
        repair.failures = [AuditReport.Repair.Failure(place: "<i>", reason: "&")]
        repair.restarts = ["shop.web.blue.service"]
        report.repair = repair
        let page = report.html
        for part in ["<script", "<img", "<b>", "<i>", "src=", "href=", "url(", "http:", "https:", "@import"] {
            // What was escaped may name an attribute; no tag does.
            let tags = page.split(separator: "<").map { $0.prefix { $0 != ">" } }
            #expect(!page.contains(part) || !tags.contains { ("<" + $0).contains(part) }, "\(part)")
        }
        for part in [
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;", "&lt;b&gt;till&lt;/b&gt;",
            Digest.ofBytes([1]).hex, Digest.ofBytes([2]).hex, "f00d", "number 3", "bundle 1.2.3",
            "systemctl restart shop.web.blue.service", "sh verify-tree.sh", "default-src 'none'",
        ] { #expect(page.contains(part), "\(part)") }
        // Every element that is opened is closed.
        for tag in ["table", "tr", "td", "th", "h1", "h2", "p", "ul", "li", "pre", "body", "html", "head", "style"] {
            let opened = page.split(separator: "<\(tag)", omittingEmptySubsequences: false).dropFirst()
                .count { [" ", ">"].contains($0.first) }
            let closed = page.split(separator: "</\(tag)>", omittingEmptySubsequences: false).count - 1
            #expect(opened == closed, "\(tag): \(opened), \(closed)")
        }
    }

    @Test func documentForProgramsHasEverything() throws {
        let json = try report([changed, broken]).json
        #expect(json["format"] == "bundle-audit/1")
        #expect(json["verdict"] == "damage")
        guard case .array(let findings)? = json["findings"] else { throw Missing() }
        #expect(findings.map { $0["code"] } == ["log-broken", "files-changed"])
        #expect(findings.last?["mendable"] == true)
        #expect(json["repair"] == .null)
        #expect(json["audit_log"]?["entries"] == 12)
    }

    /// Programs go by these.
    @Test func everyFindingHasWords() {
        for area in AuditFinding.Area.allCases {
            for difference in AuditFinding.Difference.allCases {
                let finding = AuditFinding(.drift, area, difference, at: "x")
                #expect(finding.code == "\(area.rawValue)-\(difference.rawValue)")
                #expect(!finding.title.isEmpty)
            }
        }
    }

    private struct Missing: Error {}
}
