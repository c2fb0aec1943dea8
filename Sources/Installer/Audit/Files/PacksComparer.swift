// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Hashes the host's own store again: what repairs, and what deltas build on.
struct PacksComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let hash: StreamHash

    /// - Parameters:
    ///   - held: of releases on the disk.
    ///   - isAll: whether it is of all of them: what is not proven may have packs here all the same.
    func compare(_ held: [ProvenEvidence], isAll: Bool) {
        var wanted: [String: PackIndex.Pack] = [:]
        var feeds: [String: Set<String>] = [:]
        for release in held {
            for pack in release.packs?.packs ?? [] {
                wanted[pack.fileName] = pack
                feeds[pack.fileName, default: []].insert(release.directory)
            }
        }
        let names = try? FileSystem.names(in: layout.packs)
        for name in names?.odd ?? [] { OddName(sheet: sheet, area: .packs).tell(layout.packs / name) }
        let there = names?.known ?? []
        for (name, pack) in wanted.sorted(by: { $0.key < $1.key }) {
            let path = layout.packs / name
            let releases = "the pack of \(feeds[name, default: []].sorted().joined(separator: ", "))"
            guard there.contains(name) else {
                sheet.damage(.packs, .missing, at: path.text, expected: releases, remedy: PacksComparer.remedy)
                continue
            }
            sheet.tally.packs += 1
            let found = try? hash.digest(of: HostFile.open(path, .read, followLinks: false))
            guard found != pack.digest else { continue }
            sheet.damage(
                .packs, .changed, at: path.text, expected: "sha256 \(pack.digest), \(releases)",
                found: found.map { "sha256 \($0)" } ?? "nothing that can be read", remedy: PacksComparer.remedy)
        }
        guard isAll, held.allSatisfy({ $0.packs != nil }) else { return }
        for name in there where wanted[name] == nil && !name.hasPrefix(FileSystem.temporaryPrefix) {
            sheet.drift(
                .packs, .unexpected, at: (layout.packs / name).text, remedy: PastedCommand.remove(layout.packs / name))
        }
    }

    private static let remedy = "tar xf the release's bundle, and copy this file out of its packs/ to here"
}
