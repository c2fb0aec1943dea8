// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Trust

/// Proves the evidence of a release again, from its signatures down, before anything is compared with it.
///
/// Documents are held to the list beside them even where nobody vouches for that list any more: keys go, digests stay. So
/// what was changed is damage for ever, and what only lost its signers is not.
struct EvidenceComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let admissions: Admissions
    let judging: SignatureJudging
    let words: @Sendable (any Error) -> String

    /// - Parameters:
    ///   - digest: the release digest, from the record.
    ///   - isHeld: whether the release is on the disk; of one that is gone, keys that went since are no fault of the host.
    /// - Returns: nil when it is not what was installed.
    func prove(_ directory: String, digest: Digest, isHeld: Bool) -> ProvenEvidence? {
        let place = layout.evidence(directory)
        guard sheet.leads(to: place) else { return nil }
        guard (try? FileSystem.status(place)) ?? nil != nil else {
            sheet.damage(.evidence, .missing, at: place.text, remedy: EvidenceComparer.remedy(directory))
            return nil
        }
        let list = read(place / ChecksumList.name, directory, limit: Limits.checksumListBytes)
        let manifest = document(place, digest, directory)
        guard let list, let checksums = try? ChecksumList(parsing: list) else {
            // What it is not, the signatures would tell: nothing of it can be read, so they are not asked.
            if list != nil { changed(place / ChecksumList.name, nil, Digest.ofBytes(list ?? []), directory) }
            return evidence(directory, digest, manifest, nil, nil)
        }
        let identity = manifest.map { ReleaseIdentity($0) }
        let verdict = identity.flatMap { judge(list, $0, directory, isHeld: isHeld) }
        // A list that was changed, or whose signature was, says nothing of what is beside it.
        let isForged = sheet.findings.contains { $0.difference == .forged && $0.place == place.text }
        let (index, files) = isForged ? (nil, nil) : check(checksums, place, directory)
        return evidence(directory, digest, manifest, files, verdict, verdict == nil ? nil : index)
    }

    private func evidence(
        _ directory: String, _ digest: Digest, _ manifest: Manifest?, _ found: FileList?, _ verdict: SignatureVerdict?,
        _ packs: PackIndex? = nil
    ) -> ProvenEvidence? {
        guard let manifest else { return nil }
        let path = layout.evidence(directory) / FileList.name
        var files = found
        if files == nil, let bytes = read(path, directory, limit: Limits.fileListBytes) {
            let digest = Digest.ofBytes(bytes)
            if digest == manifest.tree.sha256 { files = try? FileList(parsing: bytes) }
            if files == nil, !sheet.names(path.text) { changed(path, manifest.tree.sha256, digest, directory) }
        }
        guard let files else { return nil }
        return ProvenEvidence(
            directory: directory, digest: digest, manifest: manifest, files: files, packs: packs, verdict: verdict)
    }

    /// The manifest, by the digest in the record.
    private func document(_ place: HostPath, _ digest: Digest, _ directory: String) -> Manifest? {
        let path = place / ManifestDocument.name
        guard let bytes = read(path, directory, limit: Limits.manifestBytes) else { return nil }
        let found = Digest.ofBytes(bytes)
        guard found == digest, let manifest = try? ManifestDocument.decode(bytes) else {
            changed(path, digest, found, directory)
            return nil
        }
        return manifest
    }

    /// What puts evidence of this release right: its bundle, proven as ever.
    static func remedy(_ directory: String) -> String {
        "keep a copy of it; then bundle stage BUNDLE, with the bundle of \(directory), writes it again"
    }

    private func changed(_ path: HostPath, _ expected: Digest?, _ found: Digest, _ directory: String) {
        guard !sheet.names(path.text) else { return }
        let isBill = path.text.contains("/\(KeptBills.directory)/")
        sheet.damage(
            .evidence, .changed, at: path.text, expected: expected.map { "sha256 \($0)" }, found: "sha256 \(found)",
            remedy: isBill
                ? "tar xf the release's bundle, and copy this file out of it to here"
                : EvidenceComparer.remedy(directory))
    }

    private func read(_ path: HostPath, _ directory: String, limit: Int) -> [UInt8]? {
        if let bytes = try? FileSystem.readAll(path, limit: limit, followLinks: false) { return bytes }
        if !sheet.names(path.text) {
            sheet.damage(.evidence, .missing, at: path.text, remedy: EvidenceComparer.remedy(directory))
        }
        return nil
    }

    // MARK: - Signatures

    private func judge(
        _ list: [UInt8], _ identity: ReleaseIdentity, _ directory: String, isHeld: Bool
    ) -> SignatureVerdict? {
        let place = layout.evidence(directory)
        do {
            let verdict = try judging(list, try KeptSignatures.read(place), identity)
            for gone in verdict.revoked {
                sheet.note(
                    .evidence, .untrusted, at: directory, found: "a signature by \(gone.name.hex), revoked since")
            }
            return verdict
        } catch is NothingToJudgeBy {
            // Told where it is wrong: with what this host believes.
            return nil
        } catch {
            tell(error, Digest.ofBytes(list), directory, isHeld: isHeld)
            return nil
        }
    }

    private func tell(_ error: any Error, _ list: Digest, _ directory: String, isHeld: Bool) {
        let place = layout.evidence(directory).text
        let reason = reason(error)
        switch error as? TrustError {
        case .unsigned, .noTrustedSignature, .thresholdNotMet:
            if let admission = admissions.find(list) {
                let when = UTCSeconds.text(admission.wallSeconds)
                sheet.note(
                    .evidence, .unsigned, at: place, expected: "signatures, a rule that was overridden on \(when)",
                    found: "\(reason); the reason given: \(admission.reason)")
                return
            }
            // Nobody let it in, so it came with signatures; where the log is lost nobody can tell.
            if case .unsigned = error as? TrustError, isHeld || admissions.isWhole { break }
            guard isHeld else {
                sheet.note(.evidence, .untrusted, at: place, found: reason)
                return
            }
            sheet.damage(
                .evidence, .untrusted, at: place, expected: "signatures that the newest trust root believes",
                found: reason, remedy: "bring a release that today's keys have signed")
            return
        case .belowMinimumVersion where !isHeld:
            sheet.note(.evidence, .untrusted, at: place, found: reason)
            return
        case .belowMinimumVersion:
            sheet.damage(
                .evidence, .untrusted, at: place, found: reason, remedy: "bring a release that today's rules allow")
            return
        default: break
        }
        sheet.damage(
            .evidence, .forged, at: place, expected: "signatures that hold", found: reason,
            remedy: EvidenceComparer.remedy(directory))
    }

    private func reason(_ error: any Error) -> String {
        switch error as? TrustError {
        case .unsigned: "no signature"
        case .noTrustedSignature(let unknown, let revoked): names(revoked, unknown)
        case .thresholdNotMet(let needed, let established, let revoked):
            "\(established.count) of \(needed) signatures that count; " + names(revoked, [])
        case .badSignature(let name): "a signature by \(name.hex) that does not hold"
        default: words(error)
        }
    }

    private func names(_ revoked: [ForeignSignature], _ unknown: [ForeignSignature]) -> String {
        (revoked.map { "\($0.name.hex), revoked since" } + unknown.map { "\($0.name.hex), which is not believed" })
            .joined(separator: "; ")
    }

    // MARK: - Documents

    /// Every document of the head that the list beside them names; behind it the bills, where they were kept.
    private func check(_ list: ChecksumList, _ place: HostPath, _ directory: String) -> (PackIndex?, FileList?) {
        var index: PackIndex?
        var files: FileList?
        let hasBills = (try? FileSystem.exists(place / KeptBills.directory)) ?? false
        for entry in list.entries {
            switch entry.member {
            case .document, .pack: continue
            case .sbom where !hasBills: continue
            default: break
            }
            let path = place / entry.member.description
            guard let bytes = read(path, directory, limit: Int(min(entry.member.limit, 1 << 30))) else { continue }
            let found = Digest.ofBytes(bytes)
            guard found == entry.digest else {
                changed(path, entry.digest, found, directory)
                continue
            }
            if entry.member == .packIndex { index = try? PackIndex(parsing: bytes) }
            if entry.member == .fileList { files = try? FileList(parsing: bytes) }
        }
        return (index.flatMap { complete($0, files, place, directory) }, files)
    }

    /// Of a delta nobody signed where the host has the rest: each pack is held to its name, and each content to the signed
    /// digest.
    private func complete(_ index: PackIndex, _ files: FileList?, _ place: HostPath, _ directory: String) -> PackIndex?
    {
        guard index.isDelta, let bytes = read(place / KeptIndex.held, directory, limit: Limits.packIndexBytes) else {
            return index.isDelta ? nil : index
        }
        // Of a content that others are coded against nobody but the tree says that it is needed still.
        let isWhole = { (whole: PackIndex) in
            files?.entries.allSatisfy { index.need($0.digest) == nil || whole.holds($0.digest) } ?? true
        }
        if let whole = try? KeptIndex.complete(index, in: place), isWhole(whole) { return whole }
        changed(place / KeptIndex.held, nil, Digest.ofBytes(bytes), directory)
        return nil
    }
}
