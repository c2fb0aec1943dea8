// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

/// The same service under each runtime; podman's unit is `Goldens.image`.
@Suite struct ContainerUnitTests {
    private func context(_ runtime: ContainerRuntime) throws -> UnitContext {
        var context = try Samples.storeContext(image: true)
        context.runtime = runtime
        context.steering = PortSteering(v4: "169.254.77.3", v6: "fd77::3", ports: [.init(container: 80, slot: 20080)])
        return context
    }

    /// Without what all of them have: credentials and directories.
    private func text(_ runtime: ContainerRuntime) throws -> String {
        let unit = try SlotUnit(service: Samples.store(image: true), context: try context(runtime)).unitText()
        let lines = unit.lines(of: "Service").filter {
            !$0.hasPrefix("LoadCredential=") && !$0.contains("/usr/bin/install")
        }
        return lines.joined(separator: "\n")
    }

    @Test func dockersClientIsTheMainProcess() throws {
        let text = try text(.docker)
        #expect(text == Goldens.docker)
        let unit = try SlotUnit(service: Samples.store(image: true), context: try context(.docker)).unitText()
        #expect(unit.lines(of: "Unit").contains("Wants=docker.service"))
        #expect(unit.lines(of: "Unit").contains("After=docker.service"))
    }

    @Test func runcIsTheMainProcess() throws {
        let text = try text(.containerd)
        #expect(text == Goldens.containerd)
    }

    /// A slice that a shutdown stops takes the container's scope with it, while docker is asked to stop the container.
    @Test func dockersSliceIsLeftAloneByAShutdown() throws {
        var context = try context(.docker)
        context.product = try Samples.name("pagi-a")
        let slice = try #require(try SlotUnit(service: Samples.store(image: true), context: context).slice())
        #expect(slice.name == "system-pagi_a.store.slice")
        #expect(slice.name.hasPrefix(context.names.slicePrefix))
        #expect(slice.lines(of: "Unit").contains("DefaultDependencies=no"))
        for runtime in [ContainerRuntime.podman, .containerd] {
            #expect(
                try SlotUnit(service: Samples.store(image: true), context: try self.context(runtime)).slice() == nil)
        }
    }

    @Test(arguments: [
        (ContainerRuntime.podman, ["/usr/bin/podman", "--events-backend=none", "exec", "pagi.store"]),
        (.docker, ["/usr/bin/docker", "exec", "pagi.store"]),
        (
            .containerd, ["/bin/sh", "-c", "exec runc --root /run/bundle/runc exec \"$0\" \"$@\"", "pagi.store"]
        ),
    ])
    func aCheckRunsInside(runtime: ContainerRuntime, argv: [String]) throws {
        let task = try SlotUnit(service: Samples.store(image: true), context: try context(runtime)).transientTask()
        #expect(task.argv == argv)
        // Where the check is in the container's own group, it is steered with it.
        #expect(task.properties.count == (runtime == .podman ? 1 : 0))
    }

    /// What the program says itself is waited for where the runtime hands it on.
    @Test(arguments: [(ContainerRuntime.podman, "notify"), (.docker, "exec"), (.containerd, "notify")])
    func readiness(runtime: ContainerRuntime, type: String) throws {
        var service = Samples.store(image: true)
        service.health = [HealthCheck(probe: .notify)]
        let lines = try SlotUnit(service: service, context: try context(runtime)).unitText().lines(of: "Service")
        #expect(lines.contains("Type=\(type)"))
    }
}
