// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import SoftwareBills
import Testing

@Suite("A package database")
struct PackageDatabaseTests {
    private func packages(_ path: String, _ bytes: [UInt8]) throws -> [SoftwarePackage] {
        let source = try #require(BillSource(path: path))
        let finding = try #require(source.finding(bytes))
        guard case .packages(let packages) = finding else { throw BillFault.damaged("\(finding)") }
        return packages
    }

    private func reason(_ path: String, _ bytes: [UInt8]) throws -> String? {
        if case .unread(let reason)? = try #require(BillSource(path: path)).finding(bytes) { reason } else { nil }
    }

    @Test("of dpkg says what dpkg says of it")
    func dpkg() async throws {
        let status = try FileSystem.readAll("/var/lib/dpkg/status", limit: 64 << 20)
        let format = "${Package} ${Version} ${Architecture} ${source:Package} ${db:Status-Status}\n"
        let query = try await SystemCommandRunner().run(Command(["dpkg-query", "-W", "-f", format]))
        let wanted = query.outputText.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            .filter { $0[4] != "config-files" && $0[4] != "not-installed" }
        let found = try packages("var/lib/dpkg/status", status)
        #expect(found.count == wanted.count && found.count > 50)
        #expect(
            Set(found.map { [$0.name, $0.version ?? "", $0.arch ?? "", $0.upstream ?? $0.name] })
                == Set(wanted.map { Array($0[..<4]) }))
    }

    @Test("of dpkg leaves out what was removed, and may be one paragraph a file")
    func paragraphs() throws {
        let removed =
            "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: b\nStatus: install ok half-configured\n"
        #expect(try packages("var/lib/dpkg/status", Array(removed.utf8)).map(\.name) == ["b"])
        let single = "Package: base-files\nVersion: 12.4\nSource: base (12)\nDescription: x\n more\n .\n Package: no\n"
        #expect(
            try packages("var/lib/dpkg/status.d/base", Array(single.utf8)) == [
                SoftwarePackage(kind: .deb, name: "base-files", version: "12.4", upstream: "base")
            ])
        #expect(BillSource(path: "var/lib/dpkg/status.d/base.md5sums") == nil)
        #expect(try packages("var/lib/dpkg/status", []).isEmpty)
        for bad in ["Version: 1\n", "Package: a\nno field\n", "Package: \(String(repeating: "a", count: 2000))\n"] {
            #expect(try reason("var/lib/dpkg/status", Array(bad.utf8))?.hasPrefix("damaged") == true)
        }
    }

    @Test("that names more than anybody has is not listed")
    func masses() throws {
        let many = String(repeating: "P:a\n\n", count: 100_001)
        #expect(try reason("lib/apk/db/installed", Array(many.utf8)) == "damaged: more than 100000 packages")
        let half = Finding.packages(
            Array(repeating: SoftwarePackage(kind: .deb, name: "a", version: "1"), count: 60_000))
        var view = FileSystemView()
        view.put("a", half)
        view.put("b", half)
        #expect(view.findings["b"] == .unread(reason: "more packages than a bill lists"))
        view.put("a", nil)
        view.put("b", half)
        #expect(view.findings == ["b": half])
    }

    @Test("of apk is read by its paragraphs", arguments: ["lib/apk/db/installed", "usr/lib/apk/db/installed"])
    func apk(_ path: String) throws {
        let text =
            "C:Q1pA=\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\nF:lib\nR:ld.so\nZ:Q1\n\nP:libssl3\nV:3.1.4-r5\no:openssl\n\n\n"
        #expect(
            try packages(path, Array(text.utf8)) == [
                SoftwarePackage(kind: .apk, name: "musl", version: "1.2.4-r2", arch: "x86_64"),
                SoftwarePackage(kind: .apk, name: "libssl3", version: "3.1.4-r5", upstream: "openssl"),
            ])
        for bad in ["V:1\n\n", "P:a\nnot a field\n", "P"] {
            #expect(try reason(path, Array(bad.utf8)) != nil, "\(bad)")
        }
    }

    @Test("of rpm says the same in each of its forms")
    func rpm() async throws {
        let fixture = try await RPMFixture()
        for (path, bytes) in [
            ("var/lib/rpm/rpmdb.sqlite", try fixture.sqlite), ("usr/lib/sysimage/rpm/rpmdb.sqlite", try fixture.sqlite),
            ("usr/lib/sysimage/rpm/Packages.db", try fixture.ndb),
            ("var/lib/rpm/Packages", try await fixture.berkeley()),
        ] {
            #expect(Set(try packages(path, bytes)) == RPMFixture.packages, "\(path)")
            #expect(try packages(path, bytes).count == RPMFixture.count, "\(path)")
        }
        #expect(try reason("var/lib/rpm/Packages", Array("something else".utf8)) == "of a form that is not read")
        #expect(try #require(BillSource(path: "var/lib/rpm/Packages")).finding([]) == nil)
        #expect(try reason("var/lib/rpm/rpmdb.sqlite-wal", [1]) != nil)
        #expect(try #require(BillSource(path: "var/lib/rpm/rpmdb.sqlite-wal")).finding([]) == nil)
    }

    @Test("that is broken anywhere is said to be, and never traps or runs on")
    func damage() async throws {
        let fixture = try await RPMFixture()
        var chance = Chance(state: 42)
        for bytes in [try fixture.sqlite, try fixture.ndb, try await fixture.berkeley()] {
            for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
                _ = try #require(BillSource(path: "var/lib/rpm/Packages")).finding(Array(bytes[..<length]))
            }
            // Where pages, slots and cells say where things are, a lie is worst.
            for _ in 0..<400 {
                var lie = bytes
                for _ in 0..<4 {
                    let page = Int(chance.next() % UInt64(bytes.count / 4096 + 1)) * 4096
                    let at = min(bytes.count - 1, page + Int(chance.next() % 200))
                    lie[at] =
                        [0, 1, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: chance.next())][Int(chance.next() % 6)]
                }
                _ = try #require(BillSource(path: "var/lib/rpm/Packages")).finding(lie)
            }
        }
        #expect(try reason("var/lib/rpm/Packages", Array(try fixture.sqlite[..<8192]))?.hasPrefix("damaged") == true)
    }
}

/// The same numbers each time (Knuth, MMIX).
struct Chance {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
