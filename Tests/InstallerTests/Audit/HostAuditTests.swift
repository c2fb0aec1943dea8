// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Each thing that can be changed on a host is named alone; a repair mends what was signed and nothing else.
@Suite struct HostAuditTests {
    private func full(_ names: [String], _ audited: AuditedHost) -> Set<String> {
        func put(_ path: HostPath, for word: String, in text: String) -> String {
            let parts = text.components(of: word)
            return parts.joined(separator: String(path.text.dropFirst(audited.root.text.count)))
        }
        return Set(
            names.map { put(audited.evidence, for: "EVIDENCE", in: put(audited.release, for: "RELEASE", in: $0)) })
    }

    @Test func aHostAsItWasInstalledIsClean() async throws {
        let audited = try await AuditedHost()
        let before = try audited.host.moment()
        let sheet = await audited.audit().inspect()
        #expect(audited.names(sheet) == [])
        #expect(try audited.host.moment() == before, "it only looks")
        #expect(sheet.tally.files == 4)
        #expect(sheet.tally.packs == 2)
        #expect(sheet.tally.configs == 1)
        #expect(sheet.signers.map(\.fingerprint) == [audited.key.publicKey.fingerprint.hex])
        let (again, repair) = try await audited.audit().repair()
        #expect(audited.names(again) == [])
        #expect(repair == AuditReport.Repair())
        #expect(try audited.host.moment() == before, "there is nothing to mend")
    }

    @Test(arguments: files + units + places) func aChangeIsNamedAloneAndMended(_ change: Change) async throws {
        let audited = try await AuditedHost()
        let before = try audited.host.moment()
        try change.make(audited)
        #expect(await audited.findings() == full(change.names, audited))
        let (sheet, repair) = try await audited.audit().repair()
        #expect(audited.names(sheet) == full(change.stays, audited))
        #expect(repair.failures == [])
        if change.stays.isEmpty {
            #expect(try audited.host.moment().tree.difference(from: before.tree) == [], "it is what it was")
            #expect(repair.mended.count == change.names.count)
        }
        // Done again it does nothing.
        let mended = try audited.host.moment().tree
        _ = try await audited.audit().repair()
        #expect(try audited.host.moment().tree.difference(from: mended) == [])
    }

    @Test(arguments: damage) func damageIsNamedAndLeftAlone(_ change: Change) async throws {
        let audited = try await AuditedHost()
        try change.make(audited)
        let before = try audited.host.moment()
        let sheet = await audited.audit().inspect()
        #expect(audited.names(sheet) == full(change.names, audited))
        #expect(sheet.findings.contains { $0.weight == .damage })
        _ = try await audited.audit().repair()
        #expect(try audited.host.moment().tree.difference(from: before.tree) == [])
    }

    @Test func aPackIsDamageAndMendsNothing() async throws {
        let audited = try await AuditedHost()
        let packs = audited.layout.packs
        for name in try FileSystem.list(packs) { try audited.write("x", packs / name) }
        try audited.write("x", audited.release / "bin/web", permissions: 0o755)
        let (sheet, repair) = try await audited.audit().repair()
        #expect(audited.names(sheet).count == 3)
        #expect(repair.mended == [])
        #expect(repair.failures.map(\.place) == [(audited.release / "bin/web").text])
        let left = try FileSystem.list(audited.release / "bin")
        #expect(left == ["web", "www"], "nothing half written stays")
    }

    /// What was not compared is not clean: a host whose systemd keeps silent may run anything.
    @Test func whoGivesNoAnswerIsNamed() async throws {
        let audited = try await AuditedHost()
        audited.host.runner.fail("systemctl")
        let sheet = await audited.audit().inspect()
        #expect(
            audited.names(sheet) == ["units-unanswered systemctl show-environment", "units-unanswered systemctl show"])
        #expect(sheet.findings.allSatisfy { $0.weight == .drift && !$0.isMendable })
        #expect(sheet.findings.first?.found == "it ended with 1: Failed to connect to bus: No such file")
    }

    /// A changed template is one finding: what it gives is told by its signed bytes, out of the packs.
    @Test func aChangedTemplateMakesNoOtherFinding() async throws {
        let audited = try await AuditedHost()
        try audited.write("other", audited.release / "share/page.html")
        #expect(await audited.findings() == full(["files-changed RELEASE/share/page.html"], audited))
    }

    @Test func aKeyThatWasRevokedSinceIsNamedAndMendsNothing() async throws {
        let audited = try await AuditedHost()
        try audited.write("x", audited.release / "bin/web", permissions: 0o755)
        let sheet = await audited.audit(revoked: true).inspect()
        #expect(
            audited.names(sheet) == full(["evidence-untrusted EVIDENCE", "files-changed RELEASE/bin/web"], audited))
        let found = sheet.findings.first { $0.area == .evidence }?.found ?? ""
        #expect(found.contains("\(audited.key.publicKey.fingerprint.hex), revoked since"))
        let (_, repair) = try await audited.audit(revoked: true).repair()
        #expect(repair.mended == [])
        #expect(repair.failures.count == 1)
    }

    /// Whoever puts a link to a copy in the place of a directory has put everything below it there.
    static let ways: [(name: String, path: @Sendable (AuditedHost) -> HostPath)] = [
        ("files-kind", { $0.release }), ("files-kind", { $0.layout.releases }), ("files-kind", { $0.layout.home }),
        ("files-kind", { $0.root / "opt" }), ("files-kind", { $0.release / "bin" }),
        ("files-kind", { $0.layout.slots }), ("files-kind", { $0.layout.slot(.blue) }),
        ("config-kind", { $0.layout.slot(.blue) / "config" }), ("units-kind", { $0.layout.unitDirectory }),
        ("places-kind", { $0.layout.site }), ("state-kind", { $0.layout.allRecords }),
        ("state-kind", { $0.layout.packs }), ("state-kind", { $0.evidence }),
    ]

    @Test(arguments: ways.indices) func aLinkInTheWayIsNamedAndNothingIsWrittenThroughIt(_ index: Int) async throws {
        let (name, place) = HostAuditTests.ways[index]
        let audited = try await AuditedHost()
        let path = place(audited)
        let copy = audited.root / "copy"
        try FileSystem.rename(path, to: copy)
        try FileSystem.replaceSymlink(path, target: copy.text)
        // A copy that is the same is named as one that is not.
        #expect(await audited.findings() == ["\(name) \(path.text.dropFirst(audited.root.text.count))"])
        try audited.write("x", copy / "bin/web")
        for name in try FileSystem.list(copy) where try FileSystem.status(copy / name)?.kind == .file {
            try FileSystem.setPermissions(copy / name, 0o600)
        }
        let before = try audited.host.moment().tree
        let (sheet, repair) = try await audited.audit().repair()
        #expect(sheet.findings.contains { $0.place == path.text && $0.difference == .kind })
        #expect(repair.mended == [])
        #expect(try audited.host.moment().tree.difference(from: before) == [])
    }

    /// A link to a directory where what is missing would be put.
    @Test func nothingIsMendedThroughALink() async throws {
        let audited = try await AuditedHost()
        let elsewhere = audited.root / "elsewhere"
        try FileSystem.createDirectories(elsewhere)
        for path in [audited.release / "bin", audited.layout.slot(.blue) / "config"] {
            try FileSystem.removeTree(path)
            try FileSystem.replaceSymlink(path, target: elsewhere.text)
        }
        #expect(
            await audited.findings()
                == full(["files-kind RELEASE/bin", "config-kind /opt/lake/slots/blue/config"], audited))
        _ = try await audited.audit().repair()
        #expect(try FileSystem.list(elsewhere) == [])
    }

    @Test func aDropInThatWasThereIsTheSites() async throws {
        let audited = try await AuditedHost()
        let path = audited.root / "etc/systemd/system/lake.web.blue.service.d/site.conf"
        try audited.write("[Service]\nNice=1\n", path)
        // As an installation records it.
        var memory = try #require(SiteMemory.read(from: audited.evidence))
        memory.dropIns = try DropInSearch(root: audited.root).digests(of: ["lake.web.blue.service"])
        var site = try SiteFiles.read(from: audited.evidence)
        site.memory = memory
        try site.write(into: audited.evidence)
        let sheet = await audited.audit().inspect()
        #expect(audited.names(sheet) == [])
        #expect(sheet.findings.contains { $0.difference == .listed && $0.place == path.text })
        try audited.write("[Service]\nNice=2\n", path)
        #expect(await audited.findings() == ["drop-ins-changed /etc/systemd/system/lake.web.blue.service.d/site.conf"])
        try FileSystem.remove(path)
        #expect(await audited.findings() == ["drop-ins-missing /etc/systemd/system/lake.web.blue.service.d/site.conf"])
    }

    @Test func valuesThatWereEditedAreANote() async throws {
        let audited = try await AuditedHost()
        try audited.write("keep: 3\n", audited.layout.siteHost)
        let sheet = await audited.audit().inspect()
        #expect(audited.names(sheet) == [])
        #expect(sheet.findings.map(\.code) == ["site-changed"])
    }

    @Test func everythingAtOnceIsNamedAndNothingElse() async throws {
        let audited = try await AuditedHost()
        let names = ["a byte", "a file more", "current", "a config file", "a unit", "a drop-in", "no rules"]
        let changes = (HostAuditTests.files + HostAuditTests.units).filter { names.contains($0.testDescription) }
        #expect(changes.count == names.count)
        for change in changes { try change.make(audited) }
        #expect(await audited.findings() == full(changes.flatMap(\.names), audited))
        let (sheet, repair) = try await audited.audit().repair()
        #expect(audited.names(sheet) == full(changes.flatMap(\.stays), audited))
        #expect(repair.restarts == ["lake.web.blue.service"])
    }
}

extension String {
    fileprivate func components(of word: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: word) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
