// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Compares what stands around the releases: `current`, the slot that serves, the places of services that run once, and their
/// config.
struct PlacesComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let texts: TextComparison
    /// Who may read config; nil where that group is not there, which is told elsewhere.
    let group: UInt32?
    var owner = FileOwner.root

    func compareLinks(_ record: StateRecord) {
        guard let active = record.active else { return }
        link(layout.current, to: layout.release(active.directory))
        link(layout.slot(active.slot) / "release", to: layout.release(active.directory), units: active.units)
        for (service, running) in record.recreate.sorted(by: { $0.key < $1.key }) {
            link(
                layout.place(service, running.place) / "release", to: layout.release(running.directory),
                units: [running.unit])
        }
        findOthers(record)
    }

    private func link(_ path: HostPath, to target: HostPath, units: [String] = []) {
        guard sheet.leads(to: path.parent) else { return }
        let status = (try? FileSystem.status(path)) ?? nil
        let found = status?.kind == .symlink ? try? FileSystem.readLink(path) : nil
        guard found != target.text else { return }
        let mends: [Mend] = status?.kind == .directory ? [] : [.link(path, target: target.text)]
        sheet.drift(
            .links, status == nil ? .missing : .changed, at: path.text, expected: "a link to \(target)",
            found: found.map { "a link to \($0)" } ?? status.map { _ in "something else" },
            remedy: mends.isEmpty ? "move it away, then: bundle audit \(layout.product) --repair" : nil, mends: mends,
            unit: units.first)
    }

    /// What nobody put below `/opt/NAME`.
    private func findOthers(_ record: StateRecord) {
        let known = ["current", "releases", "services", "slots"]
        for name in list(layout.home) where !known.contains(name) { unexpected(layout.home / name) }
        let slots = Slot.allCases.map(\.rawValue) + Slot.allCases.map { layout.formerSlot($0).name }
        for name in list(layout.slots) where !slots.contains(name) { unexpected(layout.slots / name) }
        for slot in Slot.allCases { _ = sheet.leads(to: layout.slot(slot) / "config") }
        var held = Set(record.releases.map(\.directory) + record.recreate.values.map(\.directory))
        held.formUnion([record.active, record.previous].compactMap { $0?.directory })
        held.formUnion([record.ready?.directory].compactMap { $0 })
        held.formUnion(((try? StagedReleases(layout: layout).list()) ?? []).map(\.directory))
        for name in list(layout.releases) where !held.contains(name) { unexpected(layout.releases / name) }
        // A service that waits to be promoted, or is being replaced, has a place that the record does not name yet.
        guard record.ready == nil, record.active?.phase == .good else { return }
        for service in list(layout.services) where sheet.leads(to: layout.service(service)) {
            let place = record.recreate[service]?.place
            for name in list(layout.service(service)) where name != place {
                unexpected(layout.place(service, name))
            }
        }
    }

    private func list(_ directory: HostPath) -> [String] {
        guard sheet.leads(to: directory) else { return [] }
        let names = try? FileSystem.names(in: directory)
        for name in names?.odd ?? [] where !sheet.names((directory / name).text) {
            OddName(sheet: sheet, area: .files).tell(directory / name)
        }
        return (names?.known ?? []).filter { !$0.hasPrefix(FileSystem.temporaryPrefix) }
    }

    private func unexpected(_ path: HostPath) {
        let entry = FoundEntry(path: path, hash: StreamHash())
        sheet.drift(.files, .unexpected, at: path.text, found: entry.words, remedy: entry.remedy)
    }

    // MARK: - Config

    func compareConfig(_ rendered: RenderedRelease, _ record: StateRecord) {
        guard let active = record.active else { return }
        directory(layout.slot(active.slot) / "config", rendered.slotConfig, unit: active.units.first)
        for (service, running) in record.recreate.sorted(by: { $0.key < $1.key }) {
            directory(
                layout.place(service, running.place) / "config", rendered.placeConfig[service] ?? [:],
                unit: running.unit)
        }
    }

    private func directory(_ path: HostPath, _ files: [String: [UInt8]], unit: String?) {
        guard let group, sheet.leads(to: path) else { return }
        let readers = FileOwner(user: owner.user, group: group)
        guard let status = (try? FileSystem.status(path)) ?? nil, status.kind == .directory else {
            let mends: [Mend] =
                [.directory(path, permissions: 0o750, owner: readers)]
                + files.sorted { $0.key < $1.key }.map {
                    .text(path / $0.key, $0.value, permissions: 0o640, owner: readers)
                }
            sheet.drift(.config, .missing, at: path.text, mends: mends, unit: unit)
            return
        }
        RightsComparison(sheet: sheet, area: .config).compare(status, path, 0o750, readers)
        sheet.tally.configs += files.count
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            texts.compare(.config, path / name, says: bytes, permissions: 0o640, owner: readers, unit: unit)
        }
        for name in list(path) where files[name] == nil {
            sheet.drift(
                .config, .unexpected, at: (path / name).text,
                remedy: "look at it, then: " + PastedCommand.remove(path / name))
        }
    }

    /// Config that holds secrets lies under a keyed hash of its own bytes. Of what it says, nothing is ever said.
    func compareCredentials(_ rendered: RenderedRelease, hash: ([UInt8]) -> Digest?) {
        guard sheet.leads(to: layout.credentials) else { return }
        for name in list(layout.credentials) {
            let path = layout.credentials / name
            guard let bytes = try? FileSystem.readAll(path, limit: 64 << 20, followLinks: false),
                let found = hash(bytes), found.hex.prefix(32) != name.prefix(32)
            else { continue }
            let mends: [Mend] =
                rendered.credentials[path].map { [.text(path, $0, permissions: 0o600, owner: owner)] } ?? []
            sheet.drift(
                .config, .changed, at: path.text, expected: "what its name is the hash of", found: "something else",
                remedy: mends.isEmpty ? "bundle reconfigure \(layout.product)" : nil, mends: mends)
        }
        for (path, bytes) in rendered.credentials.sorted(by: { $0.key < $1.key }) {
            sheet.tally.configs += 1
            guard let status = (try? FileSystem.status(path)) ?? nil else {
                // With other secrets than then it would have another name; the unit tells which one it wants.
                if sheet.findings.contains(where: { $0.area == .site }) { continue }
                sheet.drift(
                    .config, .missing, at: path.text, mends: [.text(path, bytes, permissions: 0o600, owner: owner)])
                continue
            }
            RightsComparison(sheet: sheet, area: .config).compare(status, path, 0o600, owner)
        }
    }
}
