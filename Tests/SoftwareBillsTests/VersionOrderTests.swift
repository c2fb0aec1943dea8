// SPDX-License-Identifier: Apache-2.0
import SoftwareBills
import Testing

@Suite("A question to bills")
struct VersionOrderTests {
    private func component(_ name: String, _ version: String?, _ url: String? = nil) -> SoftwareBill.Component {
        SoftwareBill.Component(kind: .library, name: name, version: version, url: url)
    }

    @Test(
        "compares versions as their packages do",
        arguments: [
            // The older, the newer, the kind of both.
            ("1.0", "1.1", "deb"), ("1.9", "1.10", "deb"), ("1.0~rc1", "1.0", "deb"), ("1.0-1", "1.0-2", "deb"),
            ("9.9", "1:0.1", "deb"), ("1.0", "1.0a", "deb"), ("1.0-1", "1.0-1+b1", "deb"), ("1.0~~", "1.0~", "deb"),
            ("2.36-9", "2.36-9+deb12u4", "deb"), ("1.2.3-4.el8", "1.2.10-1.el8", "rpm"), ("1:1-1", "2:0-1", "rpm"),
            ("1.36.1-r2", "1.36.1-r15", "apk"), ("1.2_rc1-r0", "1.2-r0", "apk"), ("1.2_alpha1", "1.2_beta1", "apk"),
            ("v1.9.0", "v1.10.0", "golang"), ("v1.0.0-rc.1", "v1.0.0", "golang"), ("1.0.0", "v1.0.1", "golang"),
            ("v0.0.0-20200101000000-abc", "v0.0.0-20210101000000-abc", "golang"), ("1.0.0-alpha", "1.0.0", "cargo"),
        ])
    func order(_ older: String, _ newer: String, _ kind: String) throws {
        let (a, b) = (component("x", older, "pkg:\(kind)/x"), component("x", newer, "pkg:\(kind)/x"))
        let below = try #require(BillQuery("x<\(newer)"))
        #expect(below.finds(a))
        #expect(!below.finds(b))
        let above = try #require(BillQuery("x > \(older)"))
        #expect(above.finds(b))
        #expect(!above.finds(a))
        #expect(try #require(BillQuery("x<=\(newer)")).finds(b))
        #expect(try #require(BillQuery("x>=\(newer)")).finds(b))
        #expect(try #require(BillQuery("x=\(newer)")).finds(b))
        #expect(try !#require(BillQuery("x=\(newer)")).finds(a))
    }

    @Test("means every revision of a version that names none")
    func revisions() throws {
        let curl = component("curl", "7.88.1-10+deb12u5", "pkg:deb/debian/curl")
        #expect(try #require(BillQuery("curl=7.88.1")).finds(curl))
        #expect(try !#require(BillQuery("curl<7.88.1")).finds(curl))
        #expect(try #require(BillQuery("curl<7.88.2")).finds(curl))
    }

    @Test("finds a part of a name or of a package URL, in any case")
    func parts() throws {
        let ssl = component("libssl3", "3.0.11", "pkg:deb/debian/libssl3@3.0.11?upstream=openssl")
        for text in ["ssl", "OpenSSL", "pkg:deb", " libssl3 "] { #expect(try #require(BillQuery(text)).finds(ssl)) }
        #expect(try !#require(BillQuery("gnutls")).finds(ssl))
        var program = component("stdlib", "1.19.8")
        program.places = ["usr/sbin/nats-server"]
        #expect(try #require(BillQuery("nats-server")).finds(program))
        #expect(try !#require(BillQuery("sbin")).finds(program))
        // Nobody knows whether it is one of those.
        #expect(try #require(BillQuery("app<1")).finds(component("app", nil)))
        let unclear = ["x==1", "x!=1", "x=>1", "x=<1", "x~1", "x 1", "x*", "x>=1 <2", "x>=1,<2", "x<abc", "x&y"]
        for bad in ["", " ", "<1", "x<", "x<= "] + unclear { #expect(BillQuery(bad) == nil, "\(bad)") }
    }
}
