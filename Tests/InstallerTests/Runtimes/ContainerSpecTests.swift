// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Installer

@Suite struct ContainerSpecTests {
    /// What containerd 1.6 makes of an image, shortened.
    static let made: JSONValue = [
        "ociVersion": "1.0.2",
        "process": [
            "user": ["uid": 0, "gid": 0, "additionalGids": [0]], "args": ["/serve", "--all"],
            "env": ["PATH=/bin", "MODE=built"], "cwd": "/", "capabilities": ["bounding": ["CAP_CHOWN"]],
            "rlimits": [["type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024]], "noNewPrivileges": true,
        ],
        "root": ["path": "rootfs", "readonly": true],
        "mounts": [
            ["destination": "/proc", "type": "proc", "source": "proc"],
            ["destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]],
        ],
        "linux": [
            "cgroupsPath": "/bundle/x", "seccomp": ["defaultAction": "SCMP_ACT_ERRNO"], "maskedPaths": ["/proc/keys"],
        ],
    ]

    static let built = ImageProgram(entryPoint: ["/serve"], command: ["--all"])

    @Test(
        arguments: [
            (nil, [], ["/serve", "--all"]), (nil, ["--one"], ["/serve", "--one"]), ("/other", [], ["/other"]),
            ("/other", ["-v"], ["/other", "-v"]),
        ] as [(String?, [String], [String])])
    func argumentsReplaceArgumentsAndAProgramAll(program: String?, arguments: [String], whole: [String]) throws {
        var request = try request()
        request.program = program
        request.arguments = arguments
        let spec = ContainerSpec(request: request, root: "/r", group: "/g", built: Self.built).applied(to: Self.made)
        #expect(spec["process"]?["args"] == .array(whole.map { .string($0) }))
    }

    private func request() throws -> ContainerRequest {
        var request = ContainerRequest(
            product: try #require(ReleaseName("pond")), image: RuntimeImagesTests.config, user: 5999, group: 5998,
            groups: [990])
        request.mounts = [
            .init(source: "/run/pond.web/credentials", place: "/run/credentials", readOnly: true),
            .init(source: "/var/lib/pond/web/data", place: "/data", readOnly: false),
        ]
        request.environment = ["MODE=one", "TOKEN=hush"]
        return request
    }

    @Test func theUnitsAsksWinOverTheImage() throws {
        let spec = ContainerSpec(
            request: try request(), root: "/run/r", group: "/system.slice/u/container", built: Self.built
        )
        .applied(to: Self.made)
        let process = try #require(spec["process"])
        #expect(process["user"] == ["uid": 5999, "gid": 5998, "additionalGids": [990]])
        #expect(process["env"] == ["PATH=/bin", "MODE=one", "TOKEN=hush"])
        #expect(process["args"] == ["/serve", "--all"])
        #expect(process["rlimits"] == [])
        for set in ["bounding", "effective", "permitted", "inheritable", "ambient"] {
            #expect(process["capabilities"]?[set] == [])
        }
        #expect(spec["root"] == ["path": "/run/r", "readonly": true])
        #expect(spec["linux"]?["cgroupsPath"] == "/system.slice/u/container")
        #expect(spec["linux"]?["seccomp"] == ["defaultAction": "SCMP_ACT_ERRNO"])
        #expect(spec["linux"]?["maskedPaths"] == ["/proc/keys"])
        guard case .array(let mounts)? = spec["mounts"] else { throw RuntimeError.failed(output: "no mounts") }
        #expect(
            mounts.compactMap { $0["destination"] } == [
                "/proc", "/run", "/tmp", "/var/tmp", "/data", "/run/credentials",
            ])
        #expect(mounts.last?["options"] == ["rbind", "rprivate", "nosuid", "nodev", "ro"])
    }

    @Test func aProgramOfTheReleaseTakesTheImagesPlace() throws {
        var request = try request()
        request.program = "/bin/other"
        request.arguments = ["-v"]
        request.files = 64
        request.isWritable = true
        request.mounts = [.init(source: "/srv/t", place: "/tmp", readOnly: false)]
        let spec = ContainerSpec(request: request, root: "/run/r", group: "/g", built: Self.built).applied(
            to: Self.made)
        #expect(spec["process"]?["args"] == ["/bin/other", "-v"])
        #expect(spec["process"]?["rlimits"] == [["type": "RLIMIT_NOFILE", "hard": 64, "soft": 64]])
        #expect(spec["root"]?["readonly"] == false)
        guard case .array(let mounts)? = spec["mounts"] else { throw RuntimeError.failed(output: "no mounts") }
        #expect(mounts.compactMap { $0["destination"] } == ["/proc", "/run", "/tmp"])
    }
}
