// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import SoftwareBills
import Testing

/// Whose author wants the one who packs it to run out of memory or time, or to make a bill that nobody can read.
@Suite("A hostile image")
struct HostileImageTests {
    private func bill(_ view: FileSystemView) -> SoftwareBill {
        SoftwareBill(of: SoftwareBill.Component(kind: .container, name: "app"), [], view)
    }

    private func document(_ view: FileSystemView) -> CycloneDXDocument {
        CycloneDXDocument(bill(view), member: "sbom/images/app.cdx.json", release: .ofBytes([1]), created: nil)
    }

    private func packages(_ count: Int, name: String) -> Finding {
        .packages((0..<count).map { SoftwarePackage(kind: .deb, name: name, version: "\($0)") })
    }

    @Test("has no path that no runtime could make")
    func paths() {
        for long in [String(repeating: "a", count: 4097), String(repeating: "a/", count: 256) + "x"] {
            #expect(!FileSystemView.isUnpackable(long))
        }
        for fine in [String(repeating: "a", count: 4096), String(repeating: "a/", count: 255) + "x", ""] {
            #expect(FileSystemView.isUnpackable(fine))
        }
        var view = FileSystemView()
        for layer in ["one", "one", "two"] { view.noteLongPath(layer: layer) }
        #expect(bill(view).unread.map(\.place) == ["one"])
    }

    @Test("has a bill of so much text, and a count of the rest")
    func text() throws {
        var view = FileSystemView()
        // Each control character is six bytes of JSON and three of a package URL.
        view.put("var/lib/dpkg/status", packages(5000, name: String(repeating: "\u{1}", count: 1000)))
        #expect(view.findings == ["var/lib/dpkg/status": .unread(reason: "more text than a bill holds")])
        for number in 0..<1200 {
            view.put(String(repeating: "é", count: 2000) + "\(number)", .unread(reason: "damaged"))
        }
        #expect(view.findings.count < 1100 && view.findings.count + view.dropped == 1201)
        let gap = try #require(bill(view).unread.first { $0.place == "the rest" })
        #expect(gap.reason == "\(view.dropped) files beyond the 16 MiB that a bill holds")
        #expect(document(view).bytes.count < 32 << 20)
        // What goes makes room.
        for path in view.findings.keys { view.put(path, nil) }
        view.put("a", packages(10, name: "x"))
        #expect(view.findings == ["a": packages(10, name: "x")])
        var same = FileSystemView()
        same.put("b", .unread(reason: "damaged"))
        same.link("c", to: "b")
        #expect(same.findings.count == 2)
    }

    @Test("cannot make a long text of a short one that is no UTF-8")
    func illegible() throws {
        let status = (0..<3).flatMap { number in
            Array("Package: a\(number)".utf8) + [UInt8](repeating: 0xff, count: 1000) + Array("\nVersion: 1\n\n".utf8)
        }
        let source = try #require(BillSource(path: "var/lib/dpkg/status"))
        let finding = try #require(source.finding(status + Array("Package: b\nVersion: 1\n".utf8)))
        guard case .packages(let packages) = finding else { throw BillFault.damaged("\(finding)") }
        #expect(packages.allSatisfy { $0.name.utf8.count <= 3 })
        var view = FileSystemView()
        view.put("var/lib/dpkg/status", finding)
        #expect(bill(view).components.map(\.name) == ["b"])
        #expect(
            bill(view).unread == [
                SoftwareBill.Unread(place: "var/lib/dpkg/status", reason: "3 packages whose names are no UTF-8")
            ])
    }

    @Test("has no distribution of a long name or version")
    func distribution() {
        let long = String(repeating: "1", count: 65)
        #expect(
            Distribution(osRelease: Array("ID=a\nVERSION_ID=\(long)\n".utf8)) == Distribution(id: "a", version: nil))
        #expect(Distribution(osRelease: Array("ID=\(long)\n".utf8)) == nil)
        #expect(Distribution(osRelease: Array(repeating: 10, count: 64 << 10) + Array("ID=a\n".utf8)) == nil)
    }

    @Test("gets no bill that is not read again")
    func limit() throws {
        var view = FileSystemView()
        view.put("a", packages(100, name: "x"))
        let whole = document(view)
        #expect(BillMember.readable(whole).bytes == whole.bytes)
        let (kept, bytes) = BillMember.readable(whole, limit: whole.bytes.count - 1)
        #expect(bytes.count < 2000 && kept.bill.components.isEmpty)
        #expect(try CycloneDXDocument(parsing: bytes) == kept)
        #expect(kept.bill.unread.map(\.place) == ["the rest"])
        #expect(kept.serialNumber == whole.serialNumber)
    }

    @Test("names the places of what is everywhere up to a number")
    func places() throws {
        var view = FileSystemView()
        let module = SoftwarePackage(kind: .golang, name: "example.org/x", version: "v1")
        for number in 100..<350 { view.put("bin/\(number)", .packages([module, module])) }
        let component = try #require(bill(view).components.first)
        #expect(component.places == (100..<200).map { "bin/\($0)" })
        #expect(component.morePlaces == 150)
        #expect(try CycloneDXDocument(parsing: document(view).bytes) == document(view))
    }

    @Test("has whiteouts that hide what is below them, once and again")
    func whiteouts() {
        var view = FileSystemView()
        let one = Finding.unread(reason: "x")
        func hide(_ path: String) {
            let isWhiteout = view.takeWhiteout(path)
            #expect(isWhiteout)
        }
        for path in ["d/old", "d/e/old", "d/e/f/old", "da/old", "old"] { view.put(path, one) }
        view.beginLayer()
        view.put("d/e/own", one)
        for _ in 0..<3 { hide("d/e/.wh..wh..opq") }
        #expect(Set(view.findings.keys) == ["d/old", "d/e/own", "da/old", "old"])
        view.put("d/e/f/own", one)
        hide("d/.wh.e")
        #expect(Set(view.findings.keys) == ["d/old", "d/e/own", "d/e/f/own", "da/old", "old"])
        hide(".wh.")
        hide(".wh.d")
        #expect(Set(view.findings.keys) == ["d/e/own", "d/e/f/own", "da/old", "old"])
        // A file in the place of a directory.
        view.put("d", nil)
        #expect(Set(view.findings.keys) == ["da/old", "old"])
        view.put("d/new", one)
        hide(".wh..wh..opq")
        #expect(Set(view.findings.keys) == ["d/new"])
        view.beginLayer()
        hide("d/.wh..wh..opq")
        #expect(view.findings.isEmpty)
        // As many as there are findings: each looked at all of them.
        for number in 0..<5000 { view.put("m/\(number)/x", one) }
        for number in 0..<5000 { hide("m/\(number)/.wh..wh..opq") }
        for _ in 0..<5000 { hide("m/.wh..wh..opq") }
        #expect(view.findings.count == 5000)
    }

    @Test("has no row of a million columns")
    func columns() async throws {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        let script = """
            import sqlite3,sys
            c=sqlite3.connect(sys.argv[1])
            c.execute("CREATE TABLE Packages(a,b,c,d,e,f,g,h,blob BLOB)")
            c.execute("INSERT INTO Packages(blob) VALUES(x'00')"); c.commit()
            """
        let made = try await SystemCommandRunner().run(Command(["python3", "-c", script, "\(directory)/db"]))
        try #require(made.status == 0, "\(made.errorText)")
        let bytes = try FileSystem.readAll(directory / "db", limit: 1 << 20)
        #expect(
            BillSource(path: "var/lib/rpm/rpmdb.sqlite")?.finding(bytes)
                == .unread(reason: "damaged: a row without a blob"))
    }
}
