// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Testing
import YAMLDocuments

private func decode(_ text: String) throws -> HostSettings {
    try HostSettings.decode(try YAMLDocument.parse(Array(text.utf8), file: "f"))
}

@Suite("A host's settings")
struct HostSettingsTests {
    @Test("become typed values")
    func decodes() throws {
        let settings = try decode(
            "ports: { web.http: 8443 }\nstate: { db.data: /srv/q }\nvalues: { node: 2 }\nkeep: 3\ntraffic: haproxy\n")
        #expect(settings.ports == ["web.http": 8443])
        #expect(settings.state == ["db.data": "/srv/q"])
        #expect(settings.values?["node"]?.int == 2)
        #expect(settings.keep == 3)
        #expect(settings.traffic == .haproxy)
        #expect(try decode("# nothing\n") == HostSettings())
    }

    @Test("are refused with everything that is wrong")
    func refused() throws {
        let problems = #expect(throws: SpecProblems.self) {
            try decode(
                "prots: {}\nports: { web: 1, a.b: 0 }\nstate: { a.b: ../x, c.d: /x/../y }\nroles: [A]\nnetworks: { a: [10.0.0.0/33] }\nkeep: 0\ntraffic: nginx\n"
            )
        }
        #expect(
            problems?.problems.map(\.kind) == [
                .unknownKey("prots", path: "", nearest: "ports"),
                .badText(path: "ports", text: "web", expected: .dottedName),
                .outOfRange(path: "ports.a.b", number: 0, range: 1...65535),
                .badText(path: "state.a.b", text: "../x", expected: .absolutePath),
                .badText(path: "state.c.d", text: "/x/../y", expected: .absolutePath),
                .badText(path: "roles", text: "A", expected: .name),
                .badText(path: "networks.a", text: "10.0.0.0/33", expected: .addressRange),
                .outOfRange(path: "keep", number: 0, range: 1...1000),
                .badText(path: "traffic", text: "nginx", expected: .oneOf(["nftables", "haproxy", "sockets"])),
            ])
    }

    @Test(
        "hand no directory of the system to a service",
        arguments: [
            ("/srv/q", true), ("/data", true), ("/var/lib/x", true), ("/mnt/disk/q", true), ("/", false),
            ("/etc", false),
            ("/etc/x", false), ("/usr/local/q", false), ("/var/lib", false), ("/var", false), ("/srv", false),
            ("/home/me/q", false), ("/srv/a:b", false), ("/var/lib/bundle/x", false), ("/etcetera", true),
        ])
    func stateDirectories(path: String, isFree: Bool) throws {
        let text = "state: { db.data: \"\(path)\" }\n"
        if isFree {
            #expect(try decode(text).state == ["db.data": path])
        } else {
            #expect(throws: SpecProblems.self) { try decode(text) }
        }
    }

    @Test(
        "name the machine", arguments: [("10.0.0.1", true), ("2001:db8::1", true), ("twin.lan", true), ("a b", false)])
    func address(text: String, fits: Bool) throws {
        #expect((try? decode("address: \"\(text)\"\novercommit: true\n"))?.address == (fits ? text : nil))
    }

    @Test("name what runs images", arguments: ["podman", "docker", "containerd", "lxc"])
    func runtime(text: String) {
        let settings = try? decode("runtime: \(text)\n")
        #expect(settings?.runtime == ContainerRuntime(rawValue: text))
        #expect((settings == nil) == (text == "lxc"))
    }

    @Test("keep two states apart")
    func sharedDirectories() throws {
        let services = [
            "db": Service(
                run: ["x"], state: ["a", "b", "c"].map { StateDirectory(name: $0) }, strategy: .recreate)
        ]
        let problems = try decode("state: { db.a: /srv/q, db.b: /srv/q/in, db.c: /srv/qq }\n")
            .problems(against: services)
        #expect(
            problems.map(\.kind) == [
                .duplicate(.state, name: "/srv/q/in", first: Place(file: "f", line: 1, column: 10))
            ])
    }

    @Test("are held against the release's services")
    func references() throws {
        let services = [
            "web": Service(run: ["x"], ports: ["http": Port(port: 443)], strategy: .blueGreen),
            "db": Service(
                run: ["x"], ports: ["sql": Port(port: 5432)], state: [StateDirectory(name: "data")],
                strategy: .recreate),
        ]
        let problems = try decode("ports: { web.htp: 1, db.sql: 443 }\nstate: { db.dat: /x }\n")
            .problems(against: services)
        #expect(
            problems.map(\.kind) == [
                .unknownReference(.port, name: "web.htp", nearest: "web.http"),
                .duplicate(.stablePort, name: "443", first: Place(file: "f", line: 1, column: 22)),
                .unknownReference(.state, name: "db.dat", nearest: "db.data"),
            ])
    }
}
