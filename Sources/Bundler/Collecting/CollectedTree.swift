// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// The installed tree as it will be, and where each file of it comes from.
struct CollectedTree {
    struct File {
        let path: ReleasePath
        let source: HostPath
        let executable: Bool
        /// Where the spec names it, or the directory that it lies in.
        let place: String
        let use: ReleaseRecipe.Source.Use
    }

    private(set) var files: [File] = []
    private(set) var symlinks: [Symlink] = []
    private(set) var problems: [SourceProblem] = []
    private var owners: [ReleasePath: String] = [:]

    /// Adds a source with everything in it. What is wrong is kept in `problems`, so that all of it is found.
    mutating func add(_ source: ReleaseRecipe.Source) {
        do {
            // The spec's own path may be a link (Nix's `result`, a `current` build); below it, links are carried as links.
            guard let real = try? FileSystem.resolve(source.from), let status = try FileSystem.status(real) else {
                return report(source.place, source.from, .missing)
            }
            switch status.kind {
            case .file: addFile(real, status, source.to, source)
            case .directory where source.use == .tree: try addDirectory(real, source.to, source, depth: 0)
            case .directory: report(source.place, source.from, .directory)
            case .symlink, .other: report(source.place, source.from, .specialFile)
            }
        } catch let error as SystemCallError {
            report(source.place, source.from, .unreadable(error))
        } catch {
            report(source.place, source.from, .missing)
        }
    }

    mutating func report(_ place: String, _ path: HostPath, _ fact: SourceProblem.Fact) {
        problems.append(SourceProblem(place: place, path: path.text, fact: fact))
    }

    /// Files and links in the order of their paths' bytes.
    mutating func sort() {
        files.sort { $0.path < $1.path }
        symlinks.sort { $0.path < $1.path }
    }

    private mutating func addDirectory(
        _ directory: HostPath, _ path: String, _ source: ReleaseRecipe.Source, depth: Int
    ) throws {
        guard depth < Limits.releasePathDepth else { return report(source.place, directory, .badPath) }
        let opened = try DirectoryHandle.open(directory)
        let names = try opened.list()
        if names.isEmpty, depth == 0 { report(source.place, directory, .emptyDirectory) }
        for name in names {
            guard let status = try opened.status(name) else { continue }
            let below = path.isEmpty ? name : "\(path)/\(name)"
            let from = directory / name
            switch status.kind {
            case .directory: try addDirectory(from, below, source, depth: depth + 1)
            case .file: addFile(from, status, below, source)
            case .symlink: try addSymlink(from, below, source.place)
            case .other: report(source.place, from, .specialFile)
            }
        }
    }

    private mutating func addFile(
        _ from: HostPath, _ status: FileStatus, _ path: String, _ source: ReleaseRecipe.Source
    ) {
        guard let found = claim(path, from, source.place) else { return }
        let executable: Bool =
            switch source.use {
            case .program: true
            // Only the owner's bit counts: what a umask did to the others must not change the release.
            case .tree: status.permissions & 0o100 != 0
            case .file, .document: false
            }
        files.append(File(path: found, source: from, executable: executable, place: source.place, use: source.use))
    }

    private mutating func addSymlink(_ from: HostPath, _ path: String, _ place: String) throws {
        let target = try FileSystem.readLink(from)
        guard let found = claim(path, from, place) else { return }
        guard CollectedTree.staysInside(found, target) else {
            return report(place, from, .linkLeaves(target: target))
        }
        symlinks.append(Symlink(path: found, target: target))
    }

    private mutating func claim(_ path: String, _ from: HostPath, _ place: String) -> ReleasePath? {
        guard let found = ReleasePath(path) else {
            report(place, from, .badPath)
            return nil
        }
        if let owner = owners[found] {
            report(place, from, .pathTaken(by: owner))
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
