// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Compares the immutable tree of a release with its signed list: every file, link, directory, mode and owner, and that
/// there is nothing else. By names below open directories, so that a planted link leads nowhere.
struct TreeComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let evidence: ProvenEvidence
    let hash: StreamHash
    var owner = FileOwner.root

    private var root: HostPath { layout.release(evidence.directory) }

    private struct Expected {
        var directories: Set<String> = []
        var links: [String: String] = [:]
        var executables: Set<String> = []
    }

    func compare() {
        // A link to a copy would be walked, or not walked, in its place: neither is the release.
        guard sheet.leads(to: root) else { return }
        var expected = Expected()
        // One at a time: a list of a million paths is read out of its text.
        for entry in evidence.files.entries {
            for parent in entry.path.parents { expected.directories.insert(parent.text) }
        }
        for link in evidence.manifest.symlinks {
            for parent in link.path.parents { expected.directories.insert(parent.text) }
            expected.links[link.path.text] = link.target
        }
        expected.executables = Set(evidence.manifest.executables.map(\.path.text))
        if let status = (try? FileSystem.status(root)) ?? nil {
            guard let handle = try? DirectoryHandle.open(root, below: layout.root) else {
                sheet.drift(
                    .files, .kind, at: root.text, expected: "a directory", found: "something that cannot be opened")
                return
            }
            compareDirectory(status, at: root)
            walk(handle, below: "", expected)
        }
        findMissing(expected)
    }

    private func walk(_ directory: DirectoryHandle, below prefix: String, _ expected: Expected) {
        guard let names = try? directory.names() else {
            sheet.drift(.files, .broken, at: directory.path.text, found: "a directory that cannot be read")
            return
        }
        for name in names.odd { OddName(sheet: sheet, area: .files).tell(directory.path / name) }
        for name in names.known {
            let text = prefix.isEmpty ? name : "\(prefix)/\(name)"
            guard let status = try? directory.status(name) else { continue }
            if let path = ReleasePath(text), let digest = evidence.files.digest(of: path) {
                compareFile(name, in: directory, text, digest, status, expected)
            } else if let target = expected.links[text] {
                compareLink(root / text, target, status)
            } else if expected.directories.contains(text) {
                guard status.kind == .directory, let below = try? directory.directory(name) else {
                    kind(root / text, "a directory", status)
                    sheet.bar(root / text)
                    continue
                }
                compareDirectory(status, at: root / text)
                walk(below, below: text, expected)
            } else {
                unexpected(root / text)
            }
        }
    }

    private func unexpected(_ path: HostPath) {
        let entry = FoundEntry(path: path, hash: hash)
        sheet.drift(.files, .unexpected, at: path.text, found: entry.words, remedy: entry.remedy)
    }

    private func compareFile(
        _ name: String, in directory: DirectoryHandle, _ text: String, _ digest: Digest, _ status: FileStatus,
        _ expected: Expected
    ) {
        let path = root / text
        let permissions: UInt16 = expected.executables.contains(text) ? 0o755 : 0o644
        guard status.kind == .file else { return kind(path, "a file", status, content(path, digest, permissions)) }
        sheet.tally.files += 1
        guard let file = try? directory.openFile(name), let found = try? hash.digest(of: file) else {
            sheet.drift(.files, .broken, at: path.text, expected: "sha256 \(digest)", found: "nothing that can be read")
            return
        }
        sheet.tally.bytes += status.size
        guard found == digest else {
            sheet.drift(
                .files, .changed, at: path.text, expected: "sha256 \(digest)", found: "sha256 \(found)",
                mends: content(path, digest, permissions))
            return
        }
        compareRights(status, path, permissions)
        if FileCapabilities.areSet(on: file) {
            sheet.drift(
                .files, .mode, at: path.text, expected: "no file capabilities", found: "file capabilities (getcap)",
                mends: [.capabilities(path)])
        }
    }

    private func compareDirectory(_ status: FileStatus, at path: HostPath) { compareRights(status, path, 0o755) }

    private func compareRights(_ status: FileStatus, _ path: HostPath, _ permissions: UInt16) {
        RightsComparison(sheet: sheet, area: .files).compare(status, path, permissions, owner)
    }

    private func compareLink(_ path: HostPath, _ target: String, _ status: FileStatus) {
        guard status.kind == .symlink else {
            return kind(path, "a link to \(target)", status, [.link(path, target: target)])
        }
        let found = (try? FileSystem.readLink(path)) ?? ""
        guard found != target else { return }
        sheet.drift(
            .files, .changed, at: path.text, expected: "a link to \(target)", found: "a link to \(found)",
            mends: [.link(path, target: target)])
    }

    /// A directory in the place of a file cannot be renamed over, and what is in it is somebody's.
    private func kind(_ path: HostPath, _ expected: String, _ status: FileStatus, _ mends: [Mend] = []) {
        let found = status.words(at: path)
        let isInTheWay = status.kind == .directory || mends.isEmpty
        sheet.drift(
            .files, .kind, at: path.text, expected: expected, found: found,
            remedy: isInTheWay ? "move it away, then: bundle audit \(layout.product) --repair" : nil,
            mends: isInTheWay ? [] : mends)
    }

    // MARK: - What is not there

    /// Of a directory that is gone, the directory alone is told.
    private func findMissing(_ expected: Expected) {
        var gone: [String: [Mend]] = [:]
        func isThere(_ path: HostPath) -> Bool {
            // Below what is no directory nothing is looked for, and nothing is made.
            !sheet.leads(to: path.parent) || ((try? FileSystem.status(path)) ?? nil) != nil
        }
        func top(_ text: String) -> String {
            guard isThere(root) else { return "" }
            let segments = text.split(separator: "/")
            for count in 1..<max(1, segments.count) {
                let parent = segments.prefix(count).joined(separator: "/")
                if !isThere(root / parent) { return parent }
            }
            return text
        }
        for entry in evidence.files.entries where !isThere(root / entry.path.text) {
            let permissions: UInt16 = expected.executables.contains(entry.path.text) ? 0o755 : 0o644
            gone[top(entry.path.text), default: []] += content(root / entry.path.text, entry.digest, permissions)
        }
        for (path, target) in expected.links where !isThere(root / path) {
            gone[top(path), default: []].append(.link(root / path, target: target))
        }
        for path in expected.directories where !isThere(root / path) {
            gone[top(path), default: []].append(.directory(root / path, permissions: 0o755, owner: owner))
        }
        for (text, mends) in gone.sorted(by: { $0.key < $1.key }) {
            let path = text.isEmpty ? root : root / text
            let first: [Mend] = text.isEmpty ? [.directory(root, permissions: 0o755, owner: owner)] : []
            sheet.drift(.files, .missing, at: path.text, remedy: remedy(mends), mends: first + mends)
        }
    }

    /// Documents of the release are not in its packs: they were members of the bundle.
    private func content(_ path: HostPath, _ digest: Digest, _ permissions: UInt16) -> [Mend] {
        guard evidence.packs?.holds(digest) == true else { return [] }
        return [.content(path, digest, permissions: permissions, release: evidence.directory)]
    }

    private func remedy(_ mends: [Mend]) -> String? {
        mends.isEmpty ? "it is in no pack of this host: extract it from the release's bundle" : nil
    }
}

/// A name that is no text: no document of ours can name it, so nobody signed it.
struct OddName {
    let sheet: AuditSheet
    let area: AuditFinding.Area

    func tell(_ path: HostPath) {
        sheet.drift(
            area, .unexpected, at: path.text, found: "a name that is not UTF-8",
            remedy: "look at it with `ls -b`, and take it away")
    }
}

/// Compares permissions and owner of one entry.
struct RightsComparison {
    let sheet: AuditSheet
    let area: AuditFinding.Area

    func compare(_ status: FileStatus, _ path: HostPath, _ permissions: UInt16, _ owner: FileOwner) {
        if status.user != owner.user || status.group != owner.group {
            // chown(2) clears set-id bits: permissions follow.
            sheet.drift(
                area, .owner, at: path.text, expected: "\(owner.user):\(owner.group)",
                found: "\(status.user):\(status.group)", mends: [.owner(path, owner), .permissions(path, permissions)])
        }
        if status.permissions != permissions {
            sheet.drift(
                area, .mode, at: path.text, expected: String(permissions, radix: 8),
                found: String(status.permissions, radix: 8), mends: [.permissions(path, permissions)])
        }
    }
}
