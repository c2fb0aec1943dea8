// SPDX-License-Identifier: Apache-2.0
import SoftwareBills
import Testing

@Suite("A package URL")
struct PackageURLTests {
    private static let debian = Distribution(id: "debian", version: "12")
    private static let cases: [(SoftwarePackage, Distribution?, String)] = [
        (
            SoftwarePackage(
                kind: .deb, name: "libattr1", version: "1:2.5.1-4+b1", arch: "amd64", upstream: "attr"), debian,
            "pkg:deb/debian/libattr1@1:2.5.1-4%2Bb1?arch=amd64&distro=debian-12&upstream=attr"
        ),
        (SoftwarePackage(kind: .deb, name: "curl", version: "7.88~1"), nil, "pkg:deb/debian/curl@7.88~1"),
        (
            SoftwarePackage(kind: .apk, name: "musl", version: "1.2.4_git20230717-r4", arch: "x86_64"),
            Distribution(id: "alpine", version: "3.19.1"),
            "pkg:apk/alpine/musl@1.2.4_git20230717-r4?arch=x86_64&distro=alpine-3.19.1"
        ),
        (
            SoftwarePackage(
                kind: .rpm, name: "perl-Getopt-Long", version: "2.50-4.el8", arch: "noarch", epoch: "1",
                upstream: "perl-Getopt-Long-2.50-4.el8.src.rpm"), Distribution(id: "rhel", version: "8.9"),
            "pkg:rpm/redhat/perl-Getopt-Long@2.50-4.el8?arch=noarch&distro=rhel-8.9&epoch=1"
                + "&upstream=perl-Getopt-Long-2.50-4.el8.src.rpm"
        ),
        (SoftwarePackage(kind: .rpm, name: "a", version: "1-1", epoch: "0"), nil, "pkg:rpm/a@1-1"),
        (
            SoftwarePackage(kind: .golang, name: "github.com/Azure/go-autorest", version: "v14.2.0+incompatible"),
            debian, "pkg:golang/github.com/azure/go-autorest@v14.2.0%2Bincompatible"
        ),
        (
            SoftwarePackage(kind: .golang, name: "example.org/app", version: "(devel)"), nil,
            "pkg:golang/example.org/app"
        ),
        (SoftwarePackage(kind: .golang, name: "stdlib", version: "1.22.1"), nil, "pkg:golang/stdlib@1.22.1"),
        (SoftwarePackage(kind: .cargo, name: "serde", version: "1.0.1"), debian, "pkg:cargo/serde@1.0.1"),
        (SoftwarePackage(kind: .cargo, name: "a b/ü", version: nil), nil, "pkg:cargo/a%20b%2F%C3%BC"),
    ]

    @Test("is spelt as the specification says", arguments: cases.indices)
    func spelling(_ index: Int) {
        let (package, distribution, wanted) = PackageURLTests.cases[index]
        #expect(package.url(on: distribution).description == wanted)
    }

    @Test("takes its distribution from os-release")
    func distributions() throws {
        let text = "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian 12'\nID=debian\n"
        let found = try #require(Distribution(osRelease: Array(text.utf8)))
        #expect(found == Distribution(id: "debian", version: "12", name: "Debian 12"))
        #expect(found.tag == "debian-12")
        #expect(Distribution(osRelease: Array("ID=arch\n".utf8))?.tag == "arch")
        for bad in ["", "ID=", "ID=a b", "ID=\"../x\"", "NAME=x", "ID"] {
            #expect(Distribution(osRelease: Array(bad.utf8)) == nil, "\(bad)")
        }
    }
}
