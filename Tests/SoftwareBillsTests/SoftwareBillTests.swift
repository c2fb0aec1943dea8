// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import SoftwareBills
import Testing

@Suite("A bill")
struct SoftwareBillTests {
    private static let release = Digest.ofBytes([1])

    private var view: FileSystemView {
        var view = FileSystemView()
        view.put("usr/lib/os-release", .distribution(Distribution(id: "debian", version: "12")))
        view.put(
            "var/lib/dpkg/status",
            .packages([
                SoftwarePackage(kind: .deb, name: "zlib1g", version: "1:1.2.13", upstream: "zlib"),
                SoftwarePackage(kind: .deb, name: "bash", version: "5.2\u{7}\"\\é"),
            ]))
        let module = SoftwarePackage(kind: .golang, name: "golang.org/x/net", version: "v0.1.0")
        for program in ["usr/bin/b", "usr/bin/a"] { view.put(program, .packages([module, module])) }
        view.put("usr/bin/c", .unread(reason: "damaged: x: y"))
        view.noteUnread(layer: "blobs/sha256/ab")
        return view
    }

    private var document: CycloneDXDocument {
        let subject = SoftwareBill.Component(kind: .container, name: "app", version: "sha256:ab")
        let files = [SoftwareBill.Component(kind: .file, name: "bin/app", sha256: .ofBytes([2]), bill: "urn:cdx:x/1")]
        return CycloneDXDocument(
            SoftwareBill(of: subject, files, view), member: "sbom/images/app.cdx.json",
            release: SoftwareBillTests.release, created: "2026-11-21T04:00:00Z")
    }

    @Test("names each thing once, with every file that says so, and on which distribution")
    func merging() {
        let bill = document.bill
        #expect(
            bill.components.map(\.reference) == [
                "file:bin/app", "os:debian@12", "pkg:deb/debian/bash@5.2%07%22%5C%C3%A9?distro=debian-12",
                "pkg:deb/debian/zlib1g@1:1.2.13?distro=debian-12&upstream=zlib", "pkg:golang/golang.org/x/net@v0.1.0",
            ])
        #expect(bill.components.last?.places == ["usr/bin/a", "usr/bin/b"])
        #expect(bill.unread.map(\.place) == ["blobs/sha256/ab", "usr/bin/c"])
    }

    @Test("is the same bytes each time, and reads back as it was")
    func spelling() throws {
        let bytes = document.bytes
        for _ in 0..<20 { #expect(document.bytes == bytes) }
        #expect(try CycloneDXDocument(parsing: bytes) == document)
        // format §6: one spelling.
        #expect(CanonicalJSON.write(try StrictJSON.parse(bytes)) == bytes)
        #expect(try CycloneDXDocument(parsing: Array("{\"bomFormat\": \"SPDX\"}".utf8)) == nil)
        #expect(throws: FormatError.self) { try CycloneDXDocument(parsing: Array(bytes[..<100])) }
    }

    @Test("has a serial number of the release and its place, which is a UUID of version 8")
    func serials() {
        let serial = document.serialNumber
        #expect(
            serial.wholeMatch(of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil
        )
        // printf 'bundle-sbom/1 %s sbom/images/app.cdx.json\n' "$(printf '\001' | sha256sum | cut -c-64)" | sha256sum
        #expect(serial.hasPrefix("urn:uuid:8c00d170-3aac"))
        let other = CycloneDXDocument.serialNumber(of: "sbom/release.cdx.json", SoftwareBillTests.release)
        #expect(other != serial)
        #expect(CycloneDXDocument.serialNumber(of: "sbom/images/app.cdx.json", .ofBytes([3])) != serial)
        #expect(
            CycloneDXDocument.link(to: "sbom/images/app.cdx.json", SoftwareBillTests.release)
                == "urn:cdx:\(serial.dropFirst(9))/1")
    }

    @Test("stands under the name of its image")
    func members() throws {
        #expect(BillMember.subject(of: try #require(MemberName("sbom/release.cdx.json"))) == .some(nil))
        for name in ["_app_", "App.v1", "a.cdx.json", String(repeating: "x", count: 64)] {
            let member = try #require(MemberName(BillMember.image(name)))
            #expect(BillMember.subject(of: member) == .some(name))
        }
        for other in ["sbom/other.json", "sbom/images/.cdx.json", "docs/a"] {
            #expect(BillMember.subject(of: try #require(MemberName(other))) == nil)
        }
    }
}
