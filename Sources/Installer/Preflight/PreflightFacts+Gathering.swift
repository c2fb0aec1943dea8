// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
package import HostRecords
package import HostSystem

extension PreflightFacts {
    /// Looks at the host; changes nothing. What cannot be looked at is left out, and then counts as missing.
    package static func gather(
        for release: PreflightRelease, layout: HostLayout, host: HostFacts, runner: any CommandRunner,
        outside: any OutsideLook = NoOutside()
    ) async throws -> PreflightFacts {
        var facts = PreflightFacts(layout: layout, host: host)
        facts.systemd = await HostFacts.systemdVersion(runner)
        facts.nft = await HostFacts.nftVersion(runner)
        if release.driver == .haproxy { facts.haproxy = await HostFacts.haproxyVersion(runner) }
        let requires = release.manifest.requires
        facts.commands = Set(
            (Preflight.commands + ["crun", "runc"] + requires.commands).filter {
                SystemCommandRunner.locate($0) != nil
            })
        for unit in requires.units {
            let result = try? await runner.run(Command(["systemctl", "is-active", "--quiet", "--", unit]))
            if result?.status == 0 { facts.activeUnits.insert(unit) }
        }
        facts.listeners = try listeners(on: Set(release.ports.values))
        facts.otherPorts = try otherPorts(layout)
        facts.volumes = try volumes(release, layout)
        facts.libraries = HostLibraries.read(
            root: layout.root, interpreters: Set(release.manifest.executables.compactMap { $0.elf?.interpreter }))
        let accounts = try Accounts.read(root: layout.root)
        facts.user = accounts.account(layout.user)
        facts.users = Dictionary(accounts.accounts.map { ($0.user, $0.name) }, uniquingKeysWith: { one, _ in one })
        facts.groups = Dictionary(accounts.groups.map { ($0.group, $0.name) }, uniquingKeysWith: { one, _ in one })
        facts.hasUnifiedControlGroups = try ControlGroup.mount() != nil
        facts.isUserOurs = try FileSystem.exists(layout.sysusersFile)
        facts.foreignUnits = try foreignUnits(release.units, layout)
        facts.directories = try [layout.home, layout.data].filter { try !isAbsentOrEmpty($0) }
        facts.wasHere = try FileSystem.exists(layout.history) || FileSystem.exists(layout.evidence("x").parent)
        for id in release.manifest.secrets.keys {
            if let status = try FileSystem.status(layout.secret(id)) { facts.secrets[id] = status }
        }
        facts.binarySecrets = try binarySecrets(release, layout)
        facts.availableMemory = HostFacts.availableMemory(root: layout.root)
        facts.movedState = try release.movedState.map { try MovedDirectory.read($0) }
        facts.outside = await outside.rehearse(release.publicPorts)
        let ruleset = try? await runner.run(Command(["nft", "-s", "list", "ruleset"], timeoutSeconds: 30))
        facts.rewrites = FirewallRules.rewrites(Set(release.ports.values), in: ruleset?.outputText ?? "")
        return facts
    }

    /// A shell that reads such a file would leave the NUL out, and the program would get another secret.
    private static func binarySecrets(_ release: PreflightRelease, _ layout: HostLayout) throws -> Set<String> {
        let uses = release.manifest.services.values.map(\.secrets) + release.manifest.jobs.values.map(\.secrets)
        let wanted = uses.joined().filter { $0.delivery == .environment }
        return try Set(wanted.map(\.id)).filter { id in
            let path = layout.secret(id)
            guard try FileSystem.status(path)?.kind == .file else { return false }
            var bytes = try FileSystem.readAll(path, limit: 1 << 20)
            defer { SecretBytes.wipe(&bytes) }
            return bytes.contains(0)
        }
    }

    private static func listeners(on ports: Set<Int>) throws -> [PreflightListener] {
        let sockets = try TCPTable.read().sockets.filter { $0.state == .listen && ports.contains($0.local.port) }
        let owners = SocketOwner.find(Set(sockets.map(\.inode)))
        return sockets.map { PreflightListener(endpoint: $0.local, owner: owners[$0.inode]) }
    }

    private static func otherPorts(_ layout: HostLayout) throws -> [Int: ReleaseName] {
        var ports: [Int: ReleaseName] = [:]
        for product in try HostLayout.products(root: layout.root) where product != layout.product {
            let record = try StateStore(layout: HostLayout(root: layout.root, product: product)).load()
            for entry in record?.traffic ?? [] { ports[entry.number] = product }
        }
        return ports
    }

    private static func volumes(_ release: PreflightRelease, _ layout: HostLayout) throws -> [PreflightVolume] {
        var places: [(PreflightVolume.Use, HostPath)] = [
            (.staging, layout.staging), (.releases, layout.releases), (.evidence, layout.records),
            (.units, layout.unitDirectory),
        ]
        if !release.imagesToLoad.isEmpty, let runtime = release.runtime, runtime.answers {
            places += [(.imageSpool, runtime.spool), (.images, runtime.storage)]
        }
        return try places.map { PreflightVolume(use: $0, path: $1, volume: try FileSystem.volume($1)) }
    }

    /// Also where packages and administrators put theirs: one there would stand behind ours, or before it.
    private static func foreignUnits(_ names: [String], _ layout: HostLayout) throws -> [HostPath] {
        let directories =
            [layout.unitDirectory] + ["run/systemd/system", "usr/lib/systemd/system"].map { layout.root / $0 }
        return try names.sorted().flatMap { name in
            try directories.map { $0 / name }.filter { path in
                guard let status = try FileSystem.status(path) else { return false }
                guard status.kind == .file else { return true }
                return try !UnitText.isOurs(FileSystem.readAll(path, limit: 1 << 20))
            }
        }
    }

    private static func isAbsentOrEmpty(_ path: HostPath) throws -> Bool {
        guard let status = try FileSystem.status(path) else { return true }
        return try status.kind == .directory && FileSystem.list(path).isEmpty
    }
}
