// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Trust

/// Compares a product on this host with what was signed (host-state §17). It only looks; what it finds is mended elsewhere.
///
/// First what everything is judged by: log, record, evidence, packs. Then each release's tree. Then what is made of the one
/// that serves: links, config, units, user, images, rules, processes.
package struct HostAudit {
    let installation: Installation
    let judging: SignatureJudging
    let hash = StreamHash()
    var owner = FileOwner.root

    package init(_ installation: Installation, judging: @escaping SignatureJudging) {
        self.installation = installation
        self.judging = judging
    }

    var layout: HostLayout { installation.layout }

    package func inspect() async -> AuditSheet { await look().sheet }

    /// What was found, and what a repair needs of it.
    struct Look {
        var sheet = AuditSheet()
        var record: StateRecord?
        /// By directory, of releases on the disk.
        var evidence: [String: ProvenEvidence] = [:]
        var rendering: Rendering?
    }

    /// What the release that serves gives by the values that were kept with it.
    struct Rendering {
        var rendered: RenderedRelease
        var placements: Placements
        var hash: ([UInt8]) -> Digest?
    }

    func look() async -> Look {
        var look = Look()
        let sheet = look.sheet
        sheet.root = layout.root
        for directory in layout.audited { _ = sheet.leads(to: directory) }
        let records = RecordsComparer(layout: layout, sheet: sheet, clock: installation.environment.clock)
        let log = records.checkLog()
        let history = records.checkHistory()
        records.checkJobs()
        checkOpenOperation(sheet)
        if let log { records.compare(log, with: history) }
        do {
            look.record = try installation.store.load()
        } catch {
            sheet.damage(
                .state, .broken, at: layout.state.text, found: "\(error)",
                remedy: "restore it from a backup, or: bundle remove \(layout.product), and install again")
        }
        guard let record = look.record else {
            RightsComparer(layout: layout, sheet: sheet, owner: owner).compare()
            return look
        }
        records.compare(record, with: history)
        let admissions = Admissions(log: log, layout: layout)
        let (evidence, isAll) = proveEvidence(record, sheet, admissions)
        look.evidence = evidence
        let held = look.evidence.values.sorted { $0.directory < $1.directory }
        PacksComparer(layout: layout, sheet: sheet, hash: hash).compare(held, isAll: isAll)
        for evidence in held {
            sheet.tally.releases += 1
            TreeComparer(layout: layout, sheet: sheet, evidence: evidence, hash: hash, owner: owner).compare()
        }
        await lookAtServing(record, &look)
        // Last: what was compared by itself is told there.
        RightsComparer(layout: layout, sheet: sheet, owner: owner).compare()
        return look
    }

    /// While one is under way nothing is what it will be.
    private func checkOpenOperation(_ sheet: AuditSheet) {
        guard (try? FileSystem.exists(layout.journal)) == true else { return }
        let journal = try? JournalRecord.read(layout.journal)
        if let record = try? installation.store.load(), let ready = record.ready {
            sheet.note(
                .state, .open, at: layout.journal.text, found: "\(ready.version) waits to be promoted",
                remedy: "bundle promote \(layout.product), or: bundle abort \(layout.product)")
            return
        }
        sheet.damage(
            .state, .open, at: layout.journal.text,
            found: journal.map { "\($0.header.verb), \($0.begun.last ?? "begin")" },
            remedy: "bundle recover")
    }

    // MARK: - Evidence

    /// Of every release that was ever called good, and of those that are only staged or wait.
    /// - Returns: of those on the disk, and whether all of them have any.
    private func proveEvidence(
        _ record: StateRecord, _ sheet: AuditSheet, _ admissions: Admissions
    ) -> (proven: [String: ProvenEvidence], isAll: Bool) {
        var digests: [String: Digest] = [:]
        for known in record.known { digests[HostLayout.directory(known.version, known.digest)] = known.digest }
        var held: [String: Digest] = [:]
        for release in record.releases { held[release.directory] = release.digest }
        for active in [record.active, record.previous].compactMap({ $0 }) { held[active.directory] = active.digest }
        if let ready = record.ready { held[ready.directory] = ready.digest }
        for staged in (try? StagedReleases(layout: layout).list()) ?? [] { held[staged.directory] = staged.digest }
        digests.merge(held) { $1 }
        let comparer = EvidenceComparer(
            layout: layout, sheet: sheet, admissions: admissions, judging: judging,
            words: installation.environment.words)
        var proven: [String: ProvenEvidence] = [:]
        for (directory, digest) in digests.sorted(by: { $0.key < $1.key }) {
            let isHeld = held[directory] != nil
            _ = sheet.leads(to: layout.evidence(directory))
            let evidence = comparer.prove(directory, digest: digest, isHeld: isHeld)
            if isHeld { proven[directory] = evidence }
        }
        return (proven, proven.count == held.count)
    }

    // MARK: - The release that serves

    private func lookAtServing(_ record: StateRecord, _ look: inout Look) async {
        let sheet = look.sheet
        guard let active = record.active, let evidence = look.evidence[active.directory] else { return }
        sheet.release = AuditReport.Release(
            version: active.version, digest: active.digest, directory: active.directory, slot: active.slot.rawValue)
        sheet.signers = (evidence.verdict?.established ?? []).map {
            AuditReport.Signer(
                fingerprint: $0.fingerprint.hex, keyID: $0.keyID.description, comment: $0.trustedComment)
        }
        let memory = SiteMemory.read(from: layout.evidence(active.directory))
        lookAtSite(active, sheet)
        do { look.rendering = try await render(record, active, evidence) } catch {
            sheet.drift(
                .config, .broken, at: layout.evidence(active.directory).text,
                expected: "values by which the release renders", found: installation.environment.words(error),
                remedy: "bundle reconfigure \(layout.product)")
        }
        let texts = TextComparison(product: layout.product, sheet: sheet, written: memory?.written ?? [:])
        let accounts = try? Accounts.read(root: layout.root)
        let places = PlacesComparer(
            layout: layout, sheet: sheet, texts: texts, group: accounts?.groupID(named: layout.user), owner: owner)
        places.compareLinks(record)
        AccountComparer(layout: layout, sheet: sheet, owner: owner).compare(texts)
        await lookAtBoot(texts)
        if let rendering = look.rendering {
            places.compareConfig(rendering.rendered, record)
            places.compareCredentials(rendering.rendered) { rendering.hash($0) }
            let units = UnitsComparer(
                layout: layout, sheet: sheet, runner: installation.environment.runner, texts: texts,
                knownDropIns: memory?.dropIns, owner: owner)
            await units.compare(rendering.rendered.units, elsewhere: elsewhere())
        }
        lookAtDriver(record, texts)
        await lookAtRunning(record, active, look)
    }

    private func render(_ record: StateRecord, _ active: ActiveRelease, _ evidence: ProvenEvidence) async throws
        -> Rendering
    {
        var bytes = try installation.storedHashKey() ?? Randomness.bytes(32)
        let key = try SecretBytes(wiping: &bytes)
        let source = AuditedSource(evidence, layout: layout)
        let site = try SiteFiles.read(
            keptFor: active.directory, layout, manifest: source.manifest, key: key)
        var current = record
        // Who ran it then runs it now, whatever other runtime came to the host since.
        current.active = active
        let planner = try await installation.planner(.rollback, source, site, key: key, current)(active.slot)
        let rendered = try planner.renderer.render(places: record.recreate.mapValues(\.place))
        let contents = try SecretContents.read(layout, source.manifest, key: key)
        return Rendering(rendered: rendered, placements: planner.renderer.placements) { contents?.hash(of: $0) }
    }

    /// What units and config that do not serve may say: whatever any release here wrote.
    private func elsewhere() -> [String: Set<Digest>] {
        var known: [String: Set<Digest>] = [:]
        let place = layout.records / "evidence"
        // What waits to be promoted has its memory with its operation still.
        let places = ((try? FileSystem.list(place)) ?? []).flatMap { [place / $0, place / $0 / SiteFiles.former] }
        for directory in places + [layout.operation / "site"] {
            for (path, digest) in SiteMemory.read(from: directory)?.written ?? [:] {
                known[path, default: []].insert(digest)
            }
        }
        return known
    }

    private func lookAtSite(_ active: ActiveRelease, _ sheet: AuditSheet) {
        guard let now = try? SiteFiles.documents(layout),
            let then = try? SiteFiles.read(from: layout.evidence(active.directory))
        else { return }
        for change in SettingChange.list(from: then, to: now) {
            sheet.note(
                .site, .changed, at: "\(layout.site / change.file)" + (change.key.isEmpty ? "" : ", \(change.key)"),
                expected: "what it said when the release was installed",
                remedy: "bundle reconfigure \(layout.product) applies it")
        }
    }

    private func lookAtBoot(_ texts: TextComparison) async {
        texts.compare(
            .units, layout.unit(BootUnit.name), says: Array(BootUnit.text.utf8), permissions: 0o644, owner: owner,
            then: [.boot])
    }

    /// Files of what leads clients, where that is more than rules.
    private func lookAtDriver(_ record: StateRecord, _ texts: TextComparison) {
        guard let driver = installation.environment.driving(record.driver).traffic as? any KernelRules,
            let files = try? driver.files(for: record.table)
        else { return }
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let isUnit = path.parent == layout.unitDirectory
            texts.compare(
                isUnit ? .units : .traffic, path, says: bytes, permissions: 0o644, owner: owner,
                then: isUnit ? [.reload] : [.traffic], unit: isUnit ? path.name : nil)
        }
    }

    private func lookAtRunning(_ record: StateRecord, _ active: ActiveRelease, _ look: Look) async {
        let environment = installation.environment.driving(record.driver)
        let sheet = look.sheet
        let signed = Set([active.directory] + record.recreate.values.map(\.directory)).compactMap { look.evidence[$0] }
        let names = UnitNames(product: layout.product)
        var containers: [String: (image: Image, unit: String)] = [:]
        if let placements = look.rendering?.placements {
            for (name, service) in placements.manifest.services {
                guard let image = service.image.flatMap({ placements.manifest.images[$0] }) else { continue }
                let slot: Slot? = service.strategy == .blueGreen ? active.slot : nil
                containers[names.stem(name, slot: slot)] = (image, names.service(name, slot: slot))
            }
            if !placements.manifest.images.isEmpty {
                let images = ImagesComparer(
                    product: layout.product, sheet: sheet,
                    runtime: placements.runtime?.runtime ?? active.runtime ?? .podman,
                    byManifest: placements.runtime?.namesManifests ?? false, runner: environment.runner)
                await images.compare(placements.manifest.images)
                await images.compareContainers(containers)
            }
        }
        if let addresses = SlotAddresses(index: record.addressIndex) {
            await TrafficComparer(
                product: layout.product, addresses: addresses, sheet: sheet, traffic: environment.traffic,
                runner: environment.runner
            ).compare(record)
        }
        let units = Set(containers.values.map(\.unit))
        await ProcessComparer(
            layout: layout, sheet: sheet, services: environment.services, hash: hash,
            signed: { found in signed.contains { $0.files.entries.contains { $0.digest == found } } },
            text: { look.rendering?.rendered.units[$0] }
        ).compare(active.units + record.recreate.values.map(\.unit).sorted()) { units.contains($0) }
    }
}
