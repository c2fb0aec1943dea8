// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import NIOHTTP1
import Testing

@testable import Registries

@Suite struct CredentialsTests {
    private static let secret = "YXV0aG9yOnNlY3JldA=="

    private static func challenge(_ text: String) -> FakeRegistry.Fault {
        { heard, _ in
            guard heard.header("authorization") == nil else { return nil }
            return FakeRegistry.Reply(status: 401, headers: [("www-authenticate", text)])
        }
    }

    @Test func basicIsAnsweredWithWhatTheFileHas() async throws {
        let bench = try await PullingBench(Self.challenge("Basic realm=\"here\""))
        try await bench.fetch(Self.secret)
        let sent = Set(bench.registry.heard.compactMap { $0.header("authorization") })
        #expect(sent == ["Basic \(Self.secret)"])
        await #expect(throws: RegistryError.noCredentials(registry: bench.registry.name)) {
            _ = try await bench.client().manifest("b", .tag("x"))
        }
    }

    /// A directory cannot be read as a file, by nobody.
    @Test func whereCredentialsMayLieNeedsNotBeReadable() throws {
        let odd = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(odd) }
        let good = odd / "good.json"
        try FileSystem.write(Array("{\"auths\":{\"a.b\":{\"auth\":\"\(Self.secret)\"}}}".utf8), to: good)
        let found = try RegistryCredentials(files: [], usual: [odd, odd / "none.json", good])
        #expect(found.secret(registry: "a.b", repository: "c")?.basic == Self.secret)
        #expect(throws: IrregularFileError.self) { try RegistryCredentials(files: [odd]) }
        #expect(throws: SystemCallError.self) { try RegistryCredentials(files: [odd / "none.json"], usual: [good]) }
    }

    @Test func aTokenIsAskedForOnce() async throws {
        let service = try await FakeRegistry { heard, _ in
            FakeRegistry.Reply(body: Array("{\"token\":\"T\(heard.header("authorization") == nil ? 0 : 1)\"}".utf8))
        }
        let bench = try await PullingBench(
            Self.challenge("Bearer realm=\"http://\(service.name)/token\",service=\"s t\",scope=\"repository:a:pull\""))
        try await bench.fetch(Self.secret)
        #expect(service.heard.map(\.uri) == ["/token?service=s%20t&scope=repository%3Aa%3Apull"])
        #expect(service.heard.first?.header("authorization") == "Basic \(Self.secret)")
        // The registry itself only ever sees the token.
        #expect(Set(bench.registry.heard.compactMap { $0.header("authorization") }) == ["Bearer T1"])
    }

    @Test func anEndedTokenIsRenewed() async throws {
        let service = try await FakeRegistry { _, count in
            FakeRegistry.Reply(body: Array("{\"access_token\":\"T\(count)\"}".utf8))
        }
        let bench = try await PullingBench { heard, _ in
            let wanted = heard.uri.contains("/blobs/") ? "Bearer T1" : "Bearer T0"
            guard heard.header("authorization") != wanted else { return nil }
            return FakeRegistry.Reply(
                status: 401, headers: [("www-authenticate", "Bearer realm=\"http://\(service.name)/\"")])
        }
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        try await bench.fetch()
        #expect(service.heard.count == 2)
    }

    @Test(arguments: ["Basic realm=x", "Negotiate"])
    func whatIsNotTakenIsSaid(challenge: String) async throws {
        let bench = try await PullingBench { _, _ in
            FakeRegistry.Reply(status: 401, headers: [("www-authenticate", challenge)])
        }
        let wanted: RegistryError =
            challenge == "Negotiate"
            ? .unsupportedChallenge(registry: bench.registry.name, scheme: "Negotiate")
            : .denied(registry: bench.registry.name, repository: "a", hadCredentials: true)
        await #expect(throws: wanted) { try await bench.fetch(Self.secret) }
    }

    /// A registry that sends a client elsewhere for a blob must not make it hand over its password there.
    @Test func aRedirectGetsNoCredentials() async throws {
        let elsewhere = try await FakeRegistry { heard, _ in
            heard.uri.contains("/blobs/") ? FakeRegistry.Reply(body: PullingBench.layer) : nil
        }
        let bench = try await PullingBench { heard, _ in
            guard heard.header("authorization") != nil else {
                return FakeRegistry.Reply(status: 401, headers: [("www-authenticate", "Basic realm=x")])
            }
            guard heard.uri.contains("/blobs/") else { return nil }
            return FakeRegistry.Reply(
                status: 307, headers: [("location", "http://\(elsewhere.name)\(heard.uri)?signed=1")])
        }
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        try await bench.fetch(Self.secret)
        #expect(elsewhere.heard.count == 1)
        #expect(elsewhere.heard.allSatisfy { $0.header("authorization") == nil })
    }

    /// Nor may it be asked for there, by a challenge of its own.
    @Test func anotherHostCannotAskForThem() async throws {
        let greedy = try await FakeRegistry { heard, _ in
            guard heard.uri.contains("/blobs/") else {
                return FakeRegistry.Reply(body: Array("{\"token\":\"T\"}".utf8))
            }
            let realm = "Bearer realm=\"http://\(heard.header("host") ?? "")/token\""
            return FakeRegistry.Reply(status: 401, headers: [("www-authenticate", realm)])
        }
        let bench = try await PullingBench { heard, _ in
            guard heard.uri.contains("/blobs/") else { return nil }
            return FakeRegistry.Reply(status: 307, headers: [("location", "http://\(greedy.name)\(heard.uri)")])
        }
        await #expect(throws: RegistryError.self) { try await bench.fetch(Self.secret) }
        #expect(!greedy.heard.isEmpty)
        #expect(!greedy.heard.contains { $0.uri.contains("token") || $0.header("authorization") != nil })
    }

    /// An upload that goes on at another host goes there without them, too.
    @Test func anUploadElsewhereGetsNone() async throws {
        let elsewhere = try await FakeRegistry()
        let bench = try await PullingBench { heard, _ in
            guard heard.header("authorization") != nil else {
                return FakeRegistry.Reply(status: 401, headers: [("www-authenticate", "Basic realm=x")])
            }
            guard heard.method == .POST else { return nil }
            let place = "http://\(elsewhere.name)/v2/a/blobs/uploads/1"
            return FakeRegistry.Reply(status: 202, headers: [("location", place)])
        }
        let bytes: [UInt8] = [1, 2, 3]
        try await bench.client(Self.secret).push("a", .ofBytes(bytes), size: 3, progress: { _ in }) { _, sink in
            try bytes.withUnsafeBytes { try sink.write($0) }
        }
        #expect(elsewhere.blobs.values.contains(bytes))
        #expect(elsewhere.heard.allSatisfy { $0.header("authorization") == nil })
    }

    @Test func redirectsEnd() async throws {
        let bench = try await PullingBench { heard, _ in
            FakeRegistry.Reply(status: 302, headers: [("location", heard.uri)])
        }
        await #expect(throws: RegistryError.badAnswer(registry: bench.registry.name, what: "redirects without end")) {
            try await bench.fetch()
        }
    }

    /// 192.0.2.1 is nobody's (RFC 5737): were it asked, the test would wait.
    @Test func aPasswordIsNotSentWhereOthersListen() async throws {
        let bench = try await PullingBench(Self.challenge("Bearer realm=\"http://192.0.2.1/token\""))
        await #expect(
            throws: RegistryError.secretOverPlainHTTP(registry: bench.registry.name, realm: "http://192.0.2.1")
        ) { try await bench.fetch(Self.secret) }
    }

    @Test(
        arguments: [
            ("r.example.com", "team/app", "cc"), ("r.example.com", "team/other", "bb"), ("r.example.com", "x", "aa"),
            ("docker.io", "library/redis", "dd"), ("other.example.com", "team/app", nil),
        ] as [(String, String, String?)])
    func theLongestPathCounts(registry: String, repository: String, wanted: String?) throws {
        let json = """
            {"auths":{"r.example.com":{"auth":"aa"},"r.example.com/team":{"auth":"bb"},"r.example.com/team/app":{"auth":"cc"},
             "https://index.docker.io/v1/":{"auth":"dd"},"other.example.com":{}},"credsStore":"secretservice"}
            """
        let found = try RegistryCredentials(json: Array(json.utf8), name: "f")
        #expect(found.secret(registry: registry, repository: repository)?.basic == wanted)
        var dumped = ""
        dump(found, to: &dumped)
        for said in ["\(found)", String(reflecting: found), dumped] { #expect(!said.contains("\"aa\"")) }
    }

    @Test(arguments: ["", "[]", "{\"auths\":{\"a\":{\"auth\":\"x\\r\\ny\"}}}"])
    func aBadFileIsNamed(json: String) {
        #expect(throws: RegistryError.badCredentials(file: "f")) {
            try RegistryCredentials(json: Array(json.utf8), name: "f")
        }
    }

    @Test(
        arguments: [
            (
                ["Bearer realm=\"https://a/t\",service=\"s\",scope=\"x,y\""],
                Challenge.bearer(realm: "https://a/t", service: "s", scope: "x,y")
            ),
            (["Basic realm=\"a\"", "Bearer realm=https://a"], .bearer(realm: "https://a", service: nil, scope: nil)),
            (["Negotiate", "Basic"], .basic), (["Bearer service=x"], nil),
            (["Bearer realm=\"a\\\"b\""], .bearer(realm: "a\"b", service: nil, scope: nil)),
        ] as [([String], Challenge?)])
    func challengesAreRead(headers: [String], wanted: Challenge?) {
        #expect(Challenge.best(of: headers) == wanted)
    }

    @Test(
        arguments: [
            ("/v2/x", "http://a:5000/v2/x"), ("https://b/v2/x?y", "https://b/v2/x?y"), ("//evil/x", nil), ("x", nil),
            ("https://user:pw@b/", nil), ("https://b:0/", nil), ("https://b:99999/", nil), ("https://b:x/", nil),
            ("https://b:-1/", nil),
            ("https://[::1]:5000/x", "https://[::1]:5000/x"), ("https://:1/", nil), ("https://b/\r\nx", nil),
            ("ftp://b/", nil), ("https://b", "https://b/"),
        ] as [(String, String?)])
    func placesThatAreFollowed(location: String, wanted: String?) {
        let here = Place(Origin(registry: "a:5000", isPlain: true), "/v2/")
        #expect(here.following(location)?.description == wanted)
    }
}
