// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite("A reference to an image")
struct ImageReferenceTests {
    private static let digest = String(repeating: "0f", count: 32)

    @Test(
        "has parts",
        arguments: [
            ("registry.example.com/qdrant/qdrant", "registry.example.com", "qdrant/qdrant", nil),
            ("registry.example.com:5000/a:1.4-rc_1", "registry.example.com:5000", "a", "1.4-rc_1"),
            ("localhost/a-b/c__d.e/f:1", "localhost", "a-b/c__d.e/f", "1"),
            ("127.0.0.1:5000/x", "127.0.0.1:5000", "x", nil),
        ])
    func parts(_ text: String, host: String, repository: String, tag: String?) throws {
        let found = try #require(ImageReference(text))
        #expect(found.host == host)
        #expect(found.repository == repository)
        #expect(found.tag == tag)
        #expect(found.text == text)
        let pinned = try #require(ImageReference("\(text)@sha256:\(ImageReferenceTests.digest)"))
        #expect(pinned.digest?.hex == ImageReferenceTests.digest)
        #expect(found.pinned(to: try #require(pinned.digest)) == pinned)
    }

    @Test("may be a local store's, which knows short names")
    func stores() throws {
        let podman = try #require(ImageReference("containers-storage:localhost/app:1"))
        #expect(podman.store == .podman && podman.name == "localhost/app" && podman.tag == "1")
        let docker = try #require(ImageReference("docker-daemon:app"))
        #expect(docker.store == .docker && docker.name == "app" && docker.text == "docker-daemon:app")
    }

    @Test(
        "is refused where it would mean another image elsewhere, or none",
        arguments: [
            "", "redis", "redis:7", "library/redis", "docker.io", "docker.io/", "a.b/C", "a.b/c:", "a.b/c:-1", "a.b//c",
            "a.b/c..d", "a.b/c___d", "a.b/-c", "a.b/c-", "a.b:0/c", "a.b:99999/c", "a.b:x/c", "https://a.b/c",
            "a.b/c d",
            "a.b/c@sha256:12", "a.b/c@sha512:\(String(repeating: "0f", count: 32))", "a.b/../c", "a.b/c:1/d:2",
            "a.b/c@sha256:\(String(repeating: "0F", count: 32))",
        ])
    func refused(_ text: String) { #expect(ImageReference(text) == nil) }
}
