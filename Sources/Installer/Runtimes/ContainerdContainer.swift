// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

/// A container that containerd keeps the root of and runc runs: made before each start of its unit, taken away behind it.
/// containerd knows it by name, so that neither its image nor its snapshot is collected meanwhile; the secrets that it is
/// started with stand in a file of root's in `/run` and in nothing that containerd shows or keeps.
package struct ContainerdContainer: Sendable {
    let name: String
    let runner: any CommandRunner
    let directory: HostPath

    /// - Parameter name: the unit's, without its suffix.
    package init(_ name: String, runner: any CommandRunner, run: HostPath = "/run/bundle/containers") {
        self.name = name
        self.runner = runner
        directory = run / name
    }

    private var root: HostPath { directory / "root" }

    /// - Parameter group: the unit's control group, below the hierarchy's mount.
    /// - Throws: `RuntimeError`.
    package func prepare(_ request: ContainerRequest, in group: String) async throws {
        await end()
        let images = ContainerdImages(runner: runner)
        let image = ImageName.lasting(request.image, request.product)
        guard let manifest = try await images.unpacked()[image], let found = try await images.config(of: manifest)
        else {
            throw RuntimeError.failed(output: "containerd does not hold \(image)")
        }
        guard found == request.image else { throw RuntimeError.differs(found: found.hex) }
        try await runner.succeed(creation(request, image))
        let info = try await runner.succeed(ContainerdImages.ctr + ["containers", "info", name])
        guard let spec = try StrictJSON.parse(info.output)["Spec"] else {
            throw RuntimeError.failed(output: "containerd says nothing of \(name)")
        }
        try FileSystem.createDirectories(root)
        try FileSystem.setPermissions(directory, 0o700)
        let shown: [HostPath] = ["/etc/hosts", "/etc/resolv.conf"]
        let absent = try shown.filter { try !FileSystem.exists($0) }.map(\.text)
        let applied = ContainerSpec(
            request: request, root: root.text, group: group + "/container",
            built: try await images.program(of: request.image), absent: Set(absent)
        ).applied(to: spec)
        try FileSystem.write(CanonicalJSON.write(applied), to: directory / "config.json", permissions: 0o600)
        for line in try await runner.lines(ContainerdImages.ctr + ["snapshots", "mounts", root.text, name]) {
            // It prints the mount(8) to run; no path of containerd's or ours has a space.
            let words = line.split(separator: " ").map(String.init)
            guard words.first == "mount" else { throw RuntimeError.failed(output: line) }
            try await runner.succeed(words)
        }
    }

    /// Variables, directory and mounts, from containerd's own reading of the image. It takes arguments in place of the whole
    /// program and wants one: whatever is said here, the right one is put in later.
    private func creation(_ request: ContainerRequest, _ image: String) -> [String] {
        var argv = ContainerdImages.ctr + ["containers", "create", "--seccomp", "--net-host"]
        if !request.isWritable { argv.append("--read-only") }
        return argv + [image, name, "program"]
    }

    /// Takes away whatever there is of it.
    package func end() async {
        for argv in [
            ["runc", "--root", ContainerdUnit.books, "delete", "--force", name], ["umount", root.text],
            ContainerdImages.ctr + ["containers", "rm", name], ContainerdImages.ctr + ["snapshots", "rm", name],
        ] {
            _ = try? await runner.run(Command(argv))
        }
        // Only when nothing is mounted there any more: the snapshot is not ours to empty.
        _ = try? FileSystem.removeEmptyDirectory(root)
        guard (try? FileSystem.exists(root)) == false else { return }
        _ = try? FileSystem.removeTree(directory)
    }
}
