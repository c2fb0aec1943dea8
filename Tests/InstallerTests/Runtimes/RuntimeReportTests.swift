// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct RuntimeReportTests {
    static let podman = ("podman info", "4.3.1\n/srv/containers\n" as String?)
    static let docker = (
        "docker info",
        #"{"ServerVersion":"20.10.24+dfsg1","DockerRootDir":"/srv/docker","CgroupDriver":"systemd","CgroupVersion":"2"}"#
            as String?
    )
    static let containerd = (
        "ctr version", "Client:\n  Version:  1.7.0\n\nServer:\n  Version:  1.6.20~ds1\n  UUID: x\n" as String?
    )
    static let snapshots = ("ctr plugins", "Exports:      \n               root      /srv/c/overlayfs\n" as String?)

    @Test func eachSaysWhatItIsAndWhereItKeepsImages() async {
        let runner = ScriptedRunner([Self.podman, Self.docker, Self.containerd, Self.snapshots])
        #expect(
            await RuntimeReport.look(at: .podman, runner)
                == RuntimeReport(
                    .podman, .answers(version: [4, 3, 1]), storage: "/srv/containers", spool: "/var/tmp"))
        #expect(
            await RuntimeReport.look(at: .docker, runner)
                == RuntimeReport(.docker, .answers(version: [20, 10, 24]), storage: "/srv/docker"))
        let containerd = await RuntimeReport.look(at: .containerd, runner)
        #expect(containerd.state == .answers(version: [1, 6, 20]))
        #expect(containerd.storage == "/srv/c/overlayfs")
    }

    @Test func theFirstThatAnswersIsTaken() async {
        let absent = { (name: String) in (name, nil as String?) }
        func choose(
            _ answers: [(String, String?)], wanted: ContainerRuntime? = nil, current: ContainerRuntime? = nil
        ) async -> RuntimeReport {
            await RuntimeReport.choose(wanted: wanted, current: current, ScriptedRunner(answers))
        }
        let all = [Self.podman, Self.docker, Self.containerd, Self.snapshots]
        #expect(await choose(all).runtime == .podman)
        #expect(await choose([absent("podman")] + all).runtime == .docker)
        // Another runtime that comes to the host moves nothing; one that the site names does.
        #expect(await choose(all, current: .docker).runtime == .docker)
        #expect(await choose(all, wanted: .containerd, current: .docker).runtime == .containerd)
        #expect(await choose([absent("docker")] + all, current: .docker).runtime == .podman)
        #expect(await choose([("docker", "{}")] + all, current: .docker).state == .silent(""))
        // One that is here and silent says more than one that is not here.
        let silent = await choose([absent("podman"), ("docker", "{\"ServerErrors\":[\"no daemon\"]}"), absent("ctr")])
        #expect(silent == RuntimeReport(.docker, .silent("no daemon")))
        let none = await choose([absent("podman"), absent("docker"), absent("ctr")])
        #expect(none.state == .missing)
    }

    @Test(arguments: [
        (#""CgroupDriver":"cgroupfs","CgroupVersion":"2""#, "driver cgroupfs, cgroup v2"),
        (#""CgroupDriver":"cgroupfs""#, "driver cgroupfs, cgroup v1"),
    ])
    func dockersControlGroupsMustBeSystemds(facts: String, found: String) {
        let text = #"{"ServerVersion":"20.10.24","DockerRootDir":"/srv/docker",\#(facts)}"#
        let result = CommandResult(status: 0, output: Array(text.utf8))
        #expect(RuntimeReport.read(result, of: .docker).badGroups == found)
    }

    @Test func dockerMayNameImagesByTheirManifests() {
        let text = """
            {"ServerVersion":"29.0.1","DockerRootDir":"/d","CgroupDriver":"systemd","CgroupVersion":"2",
             "DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}
            """
        let report = RuntimeReport.read(CommandResult(status: 0, output: Array(text.utf8)), of: .docker)
        #expect(report.namesManifests)
        #expect(report.badGroups == nil)
    }
}
