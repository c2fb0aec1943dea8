// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import YAMLDocuments

/// The installed tree as it will be, and where each file of it comes from.
struct CollectedTree {
    struct File {
        let path: ReleasePath
        let source: HostPath
        let executable: Bool
    }

    private(set) var files: [File] = []
    private(set) var symlinks: [Symlink] = []
    private(set) var problems: [SourceProblem] = []
    private var owners: [ReleasePath: Place] = [:]

    /// Adds a source under the path `to`: a file, or a directory with everything in it.
    ///
    /// - Parameters:
    ///   - executable: nil for what the file's own permissions say.
    ///   - allowDirectory: whether a directory is fine here.
    mutating func add(
        _ source: HostPath, to path: String, at place: Place, executable: Bool? = nil, allowDirectory: Bool = false
    ) {
        do {
            // The spec's own path may be a link (Nix's `result`, a `current` build); below it, links are carried as links.
            guard let real = try? FileSystem.resolve(source), let status = try FileSystem.status(real) else {
                return report(place, source.text, .missing)
            }
            switch status.kind {
            case .file: addFile(real, status, path, place, executable)
            case .directory where allowDirectory: try addDirectory(real, path, place, depth: 0)
            case .directory: report(place, source.text, .directory)
            case .symlink, .other: report(place, source.text, .specialFile)
            }
        } catch let error as SystemCallError {
            report(place, source.text, .unreadable(error))
        } catch {
            report(place, source.text, .missing)
        }
    }

    mutating func report(_ place: Place, _ path: String, _ fact: SourceProblem.Fact) {
        problems.append(SourceProblem(place: place, path: path, fact: fact))
    }

    /// Files and links in the order of their paths' bytes.
    mutating func sort() {
        files.sort { $0.path < $1.path }
        symlinks.sort { $0.path < $1.path }
    }

    private mutating func addDirectory(_ source: HostPath, _ path: String, _ place: Place, depth: Int) throws {
        guard depth < Limits.releasePathDepth else { return report(place, source.text, .badPath) }
        let directory = try DirectoryHandle.open(source)
        let names = try directory.list()
        if names.isEmpty, depth == 0 { report(place, source.text, .emptyDirectory) }
        for name in names {
            guard let status = try directory.status(name) else { continue }
            let below = path.isEmpty ? name : "\(path)/\(name)"
            let from = source / name
            switch status.kind {
            case .directory: try addDirectory(from, below, place, depth: depth + 1)
            case .file: addFile(from, status, below, place, nil)
            case .symlink: try addSymlink(from, below, place)
            case .other: report(place, from.text, .specialFile)
            }
        }
    }

    private mutating func addFile(
        _ source: HostPath, _ status: FileStatus, _ path: String, _ place: Place, _ executable: Bool?
    ) {
        guard let found = claim(path, source, place) else { return }
        // Only the owner's bit counts: what a umask did to the others must not change the release.
        files.append(
            File(path: found, source: source, executable: executable ?? (status.permissions & 0o100 != 0)))
    }

    private mutating func addSymlink(_ source: HostPath, _ path: String, _ place: Place) throws {
        let target = try FileSystem.readLink(source)
        guard let found = claim(path, source, place) else { return }
        guard CollectedTree.staysInside(found, target) else {
            return report(place, source.text, .linkLeaves(target: target))
        }
        symlinks.append(Symlink(path: found, target: target))
    }

    private mutating func claim(_ path: String, _ source: HostPath, _ place: Place) -> ReleasePath? {
        guard let found = ReleasePath(path) else {
            report(place, source.text, .badPath)
            return nil
        }
        if let owner = owners[found] {
            report(place, source.text, .pathTaken(by: owner))
            return nil
        }
        owners[found] = place
        return found
    }

    /// format §7.4: relative, in the alphabet, `..` only at the beginning and never above the release. Behind a name it
    /// could follow another link and climb from there.
    static func staysInside(_ link: ReleasePath, _ target: String) -> Bool {
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        let climbs = parts.prefix { $0 == ".." }.count
        let names = parts.dropFirst(climbs)
        guard target.utf8.count <= Limits.releasePathBytes, parts.count <= Limits.releasePathDepth else { return false }
        return climbs < link.segments.count && !names.isEmpty && names.allSatisfy(ReleasePath.isSegment)
    }
}
