// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// Everything that would make an installation fail, looked at before anything changes and told all at once. Pure: facts
/// in, problems out.
package struct Preflight: Sendable {
    let release: PreflightRelease
    let facts: PreflightFacts

    package init(release: PreflightRelease, facts: PreflightFacts) {
        self.release = release
        self.facts = facts
    }

    var manifest: Manifest { release.manifest }

    /// LoadCredential= and the rest of the units' hardening (design section 8).
    package static let systemd = 247
    /// Maps from a port to an address and a port, and JSON listings that are complete.
    package static let nft = [0, 9, 8]
    /// Concatenated values in nftables maps, and the socket options of probes.
    package static let kernel = "5.10"
    /// Maps that are replaced at one moment, and sockets that a reload hands over by itself.
    package static let haproxy = [2, 6]
    /// Programs that an installation runs, whatever the release.
    package static let commands = ["systemctl", "systemd-run", "systemd-sysusers", "nft", "ip"]

    package func problems() -> [PreflightProblem] {
        host() + driver() + memory() + versions() + ports() + outside() + space() + libraries() + strangers()
            + movedState()
            + secrets()
            + certificates()
    }

    /// What stops nothing and should be known.
    package func warnings() -> [PlanWarning] {
        downgrade() + memoryWarnings() + outsideWarnings() + runtimeWarnings() + certificateWarnings()
            + release.warnings
    }

    private func host() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        if facts.host.effectiveUser != 0 { found.append(.notRoot) }
        if facts.host.architecture != manifest.arch {
            found.append(.wrongArchitecture(release: manifest.arch, machine: facts.host.machine))
        }
        let systemd = max(Preflight.systemd, manifest.requires.systemd ?? 0)
        if facts.systemd ?? 0 < systemd { found.append(.systemdTooOld(found: facts.systemd, needed: systemd)) }
        if facts.nft.map({ Preflight.isOlder($0, than: Preflight.nft) }) ?? true {
            found.append(.nftTooOld(found: facts.nft, needed: Preflight.nft))
        }
        let running = HostFacts.dottedNumbers(facts.host.kernelRelease)
        let kernels = [manifest.requires.kernel, Preflight.kernel].compactMap { $0 }
            .sorted { Preflight.isOlder(HostFacts.dottedNumbers($1), than: HostFacts.dottedNumbers($0)) }
        if let needed = kernels.first, Preflight.isOlder(running, than: HostFacts.dottedNumbers(needed)) {
            found.append(.kernelTooOld(found: facts.host.kernelRelease, needed: needed))
        }
        return found + missing()
    }

    private func missing() -> [PreflightProblem] {
        // systemctl and nft have problems of their own.
        let asked = Preflight.commands.filter { $0 != "systemctl" && $0 != "nft" } + manifest.requires.commands
        var found = Set(asked).subtracting(facts.commands).sorted().map { PreflightProblem.commandMissing($0) }
        let runtimes = ContainerRuntime.allCases.map { PreflightProblem.commandMissing($0.rawValue) }
        found = found.filter { !runtimes.contains($0) || manifest.images.isEmpty } + runtime()
        let inactive = Set(manifest.requires.units).subtracting(facts.activeUnits).sorted()
        return found + inactive.map { .unitNotActive($0) }
    }

    /// A change while the product serves would move its ports from one hand to another.
    private func driver() -> [PreflightProblem] {
        if release.driver == .haproxy, facts.haproxy.map({ Preflight.isOlder($0, than: Preflight.haproxy) }) ?? true {
            return [.haproxyTooOld(found: facts.haproxy, needed: Preflight.haproxy)]
        }
        guard let record = release.record, record.active != nil, record.driver ?? .nftables != release.driver else {
            return []
        }
        return [.driverChanges(from: record.driver ?? .nftables, to: release.driver)]
    }

    private func versions() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        if let needed = manifest.requires.bundle, release.tool < needed {
            found.append(.bundleTooOld(found: release.tool, needed: needed))
        }
        if let job = release.dataMovedOn {
            found.append(.dataMovedOn(job: job.job, by: job.version, offered: manifest.version))
        }
        let offered = KnownRelease(version: manifest.version, digest: release.digest)
        let record = release.record ?? release.remembered
        var installed = (record?.known ?? []) + release.staged
        installed += (record?.releases ?? []).map { KnownRelease(version: $0.version, digest: $0.digest) }
        if let other = installed.first(where: { $0.version == offered.version && $0.digest != offered.digest }) {
            found.append(.otherDigest(version: offered.version, installed: other.digest, offered: offered.digest))
        }
        // Going back to what was called good here stays allowed, from the medium too.
        guard let record, !release.isRollback, !record.known.contains(offered) else { return found }
        if let floor = record.floor, offered.version < floor, !release.lowersFloor {
            found.append(.belowFloor(version: offered.version, floor: floor))
        }
        if let oldest = manifest.requires.upgradeFrom, let active = record.active, active.version < oldest {
            found.append(.upgradeFromTooOld(installed: active.version, oldest: oldest))
        }
        return found
    }

    /// Allowed where that release was good here before; who carries the wrong stick should see it all the same.
    private func downgrade() -> [PlanWarning] {
        guard !release.isRollback, let active = release.record?.active, manifest.version < active.version else {
            return []
        }
        return [.downgrade(from: active.version, to: manifest.version)]
    }

    /// Compares dotted numbers; missing ones are 0.
    static func isOlder(_ left: [Int], than right: [Int]) -> Bool {
        let count = max(left.count, right.count)
        let pad: ([Int]) -> [Int] = { $0 + [Int](repeating: 0, count: count - $0.count) }
        return pad(left).lexicographicallyPrecedes(pad(right))
    }
}
