// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import PackStorage
package import Reporting

extension HostAudit {
    /// Makes the host what was signed again, as far as the signed documents and the host's packs say what that is; then looks
    /// again. The caller holds the host's lock. Nothing is restarted, and nothing that is not ours is taken away.
    package func repair() async throws -> (sheet: AuditSheet, repair: AuditReport.Repair) {
        let look = await look()
        // What proves the host must hold before anything is written by it.
        let repairer = AuditRepairer(installation: installation, look: look)
        let repair = await repairer.run()
        return (await inspect(), repair)
    }
}

/// Carries out mends, each whole or not at all.
struct AuditRepairer {
    let installation: Installation
    let look: HostAudit.Look

    private var layout: HostLayout { installation.layout }
    private var environment: InstallerEnvironment { installation.environment.driving(look.record?.driver) }

    func run() async -> AuditReport.Repair {
        var repair = AuditReport.Repair()
        guard mayMend(&repair) else { return repair }
        var done: [Mend] = []
        var units: Set<String> = []
        let all = look.sheet.entries.filter { !$0.mends.isEmpty && $0.finding.weight == .drift }
        var failed: [Int: String] = [:]
        // One act for many findings is taken once: a reload, the rules. None is for a finding of which an earlier one failed.
        for mend in all.flatMap(\.mends).enumerated().sorted(by: {
            ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
        })
        .map(\.element) where !done.contains(mend) {
            done.append(mend)
            let findings = all.indices.filter { all[$0].mends.contains(mend) && failed[$0] == nil }
            guard !findings.isEmpty else { continue }
            do { try await carryOut(mend) } catch {
                for finding in findings { failed[finding] = environment.words(error) }
            }
        }
        for (index, entry) in all.enumerated() {
            if let reason = failed[index] {
                repair.failures.append(AuditReport.Repair.Failure(place: entry.finding.place, reason: reason))
            } else {
                repair.mended.append(entry.finding)
                if let unit = entry.unit { units.insert(unit) }
            }
        }
        repair.restarts = await running(units)
        return repair
    }

    /// Only by what signatures of today cover, and never into an operation that has not ended.
    private func mayMend(_ repair: inout AuditReport.Repair) -> Bool {
        if look.sheet.findings.contains(where: { $0.area == .state && $0.weight == .damage && $0.difference == .open })
        {
            repair.failures.append(
                AuditReport.Repair.Failure(
                    place: layout.journal.text, reason: "an operation has not ended: bundle recover"))
            return false
        }
        guard let active = look.record?.active, look.evidence[active.directory]?.verdict != nil else {
            repair.failures.append(
                AuditReport.Repair.Failure(
                    place: layout.records.text, reason: "what the release is was not proven, so nothing is mended by it"
                ))
            return false
        }
        return true
    }

    /// Those of them that run: their processes have read what was there before.
    private func running(_ units: Set<String>) async -> [String] {
        var found: [String] = []
        for unit in units.sorted() where unit.hasSuffix(".service") {
            if (try? await environment.services.state(of: unit))?.isActive == true { found.append(unit) }
        }
        return found
    }

    private func carryOut(_ mend: Mend) async throws {
        switch mend {
        case .content(let path, let digest, let permissions, let release):
            try write(digest, of: release, to: path, permissions)
        case .text(let path, let bytes, let permissions, let owner):
            try parent(path).write(bytes, to: path.name, permissions: permissions, owner: owner)
        case .link(let path, let target): try parent(path).replaceSymlink(path.name, target: target)
        case .directory(let path, let permissions, let owner):
            let parent = try parent(path)
            _ = try parent.createDirectory(path.name, permissions: permissions)
            try parent.setOwner(path.name, owner)
        case .permissions(let path, let permissions):
            let parent = try parent(path)
            guard try parent.status(path.name)?.kind != .symlink else { return }
            try parent.setPermissions(path.name, permissions)
        case .capabilities(let path): try FileCapabilities.remove(from: parent(path).openFile(path.name))
        case .owner(let path, let owner): try parent(path).setOwner(path.name, owner)
        case .reload: try await environment.services.daemonReload()
        case .boot:
            try await environment.services.daemonReload()
            try await environment.services.enable(BootUnit.name)
        case .account: try await createAccount()
        case .traffic: try await projectTraffic()
        case .image(let name): try await load(name)
        }
    }

    /// The directory that a mend works in, reached by real directories alone: a link that was planted since the look, too,
    /// leads nothing astray.
    private func parent(_ path: HostPath) throws -> DirectoryHandle {
        try DirectoryHandle.open(path.parent, below: layout.root, creating: 0o755)
    }

    /// Beside its place, proven, then renamed over it.
    private func write(_ digest: Digest, of release: String, to path: HostPath, _ permissions: UInt16) throws {
        guard let packs = look.evidence[release]?.packs else {
            throw PackError.unknownContent(digest, feeds: [path.text])
        }
        let parent = try parent(path)
        let beside = "\(FileSystem.temporaryPrefix)\(digest.short)"
        try parent.removeTree(beside)
        do {
            let file = try parent.createFile(beside, permissions: permissions)
            try PackReader(index: packs, source: PackStore(layout.packs)).write(digest, to: file, feeds: [path.text])
            try file.sync()
            try parent.rename(beside, to: path.name)
        } catch {
            try parent.removeTree(beside)
            throw error
        }
        try parent.sync()
    }

    private func createAccount() async throws {
        let text = UnitNames(product: layout.product).sysusersText
        try parent(layout.sysusersFile).write(
            Array(text.utf8), to: layout.sysusersFile.name, permissions: 0o644, owner: .root)
        let result = try await environment.runner.run(Command(["systemd-sysusers", layout.sysusersFile.text]))
        guard result.status == 0 else { throw DeploymentError.sysusersFailed(output: result.errorText) }
    }

    /// The record's projection; and where all rules are counted and one is another, all of them anew in one transaction.
    private func projectTraffic() async throws {
        guard let record = look.record else { return }
        try await Projection(environment: environment).apply(record)
        try await (environment.traffic as? any KernelRules)?.rewrite()
    }

    private func load(_ name: String) async throws {
        guard let record = look.record, let active = record.active, let placements = look.rendering?.placements,
            let image = placements.manifest.images[name]
        else { return }
        let runtime = placements.runtime?.runtime ?? active.runtime ?? .podman
        let images = runtime.images(environment.runner, byManifest: placements.runtime?.namesManifests ?? false)
        if try await images.holds(image, for: layout.product), runtime != .containerd {
            try await images.name(image, for: layout.product, from: nil)
            return
        }
        guard let packs = look.evidence[active.directory]?.packs else {
            throw PackError.unknownContent(image.id, feeds: [name])
        }
        try await ImageLoading(product: layout.product, images: images)
            .load([image], from: HeldPacks(index: packs, packs: layout.packs))
    }
}
