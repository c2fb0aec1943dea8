// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Installer
import Testing

/// What runs images.
extension PreflightTests {
    @Test mutating func imagesNeedARuntime() throws {
        release.manifest.images = [
            "cache": Image(kind: "oci-archive", config: Image.Blob(digest: release.digest, bytes: 10), layers: [])
        ]
        release.runtime = RuntimeReport(.podman, .missing)
        #expect(problems() == [.runtimeMissing(.podman, isWanted: false, images: ["cache"])])
        release.runtime = RuntimeReport(.docker, .silent("is the daemon running?"))
        #expect(problems() == [.runtimeSilent(.docker, said: "is the daemon running?")])
        release.runtime = RuntimeReport(.podman, .answers(version: [4, 3, 1]))
        #expect(problems() == [.commandMissing("crun")])
        facts.commands.insert("crun")
        #expect(problems() == [])
        release.runtime = RuntimeReport(.containerd, .answers(version: [1, 6, 20]))
        #expect(problems() == [.commandMissing("runc"), .runtimeGroups(.containerd, found: "cgroup v1")])
        facts.hasUnifiedControlGroups = true
        facts.commands.insert("runc")
        #expect(problems() == [])
        release.runtime = RuntimeReport(.docker, .answers(version: [26, 1]))
        #expect(problems() == [])
        release.runtime?.badGroups = "driver cgroupfs, cgroup v2"
        #expect(problems() == [.runtimeGroups(.docker, found: "driver cgroupfs, cgroup v2")])
    }

    @Test(arguments: [
        (ContainerRuntime.podman, [3, 4, 4], false), (.podman, [4, 0], true), (.docker, [19, 3, 15], false),
        (.docker, [20, 10, 24], true), (.containerd, [1, 5, 18], false), (.containerd, [1, 6], true),
    ])
    mutating func runtimesHaveAnAge(runtime: ContainerRuntime, version: [Int], fits: Bool) {
        release.manifest.images = [
            "cache": Image(kind: "oci-archive", config: Image.Blob(digest: release.digest, bytes: 10), layers: [])
        ]
        facts.commands.formUnion(["crun", "runc"])
        facts.hasUnifiedControlGroups = true
        release.runtime = RuntimeReport(runtime, .answers(version: version))
        #expect(problems().isEmpty == fits)
    }

    /// dockerd's containers are in groups of their own: what they say to systemd is not their unit's word.
    @Test mutating func dockerHandsNoReadinessOn() throws {
        release.manifest.images = [
            "cache": Image(kind: "oci-archive", config: Image.Blob(digest: release.digest, bytes: 10), layers: [])
        ]
        var service = Service(run: [], image: "cache", strategy: .recreate)
        service.health = [HealthCheck(probe: .notify)]
        release.manifest.services = ["db": service]
        release.runtime = RuntimeReport(.docker, .answers(version: [26, 1]))
        #expect(problems() == [.runtimeNotifiesNobody(.docker, service: "db")])
    }

    /// Compressed layers lie in files until they are unpacked, and take more then.
    @Test mutating func anImageIsUnpackedWhereItsRuntimeSays() {
        let layer = Image.Layer(digest: .ofBytes([2]), bytes: 1000, diff: .ofBytes([1]))
        release.manifest.images = [
            "cache": Image(kind: "x", config: Image.Blob(digest: release.digest, bytes: 0), layers: [layer])
        ]
        release.imagesToLoad = ["cache"]
        release.runtime = RuntimeReport(.docker, .answers(version: [26, 1]), storage: "/srv/docker")
        let volume = Volume(id: 99, freeBytes: 3149, freeInodes: nil)
        facts.volumes += [.imageSpool, .images].map { PreflightVolume(use: $0, path: "/srv/docker", volume: volume) }
        #expect(problems() == [.noSpace(path: "/srv/docker", needed: 3150, free: 3149)])
    }

    /// A variable is an argument to dockerd, which writes it down.
    @Test mutating func dockerShowsVariables() {
        var service = Service(run: [], image: "cache", strategy: .recreate)
        service.secrets = [SecretUse(id: "db", delivery: .environment)]
        release.manifest.services = ["store": service]
        let preflight = { (release: PreflightRelease, facts: PreflightFacts) in
            Preflight(release: release, facts: facts).warnings()
        }
        release.runtime = RuntimeReport(.docker, .answers(version: [26, 1]))
        #expect(preflight(release, facts) == [.secretsShown(.docker, services: ["store"])])
        release.runtime = RuntimeReport(.containerd, .answers(version: [1, 6]))
        #expect(preflight(release, facts) == [])
        release.manifest.services["store"]?.secrets = [SecretUse(id: "db")]
        release.runtime = RuntimeReport(.docker, .answers(version: [26, 1]))
        #expect(preflight(release, facts) == [])
    }
}
