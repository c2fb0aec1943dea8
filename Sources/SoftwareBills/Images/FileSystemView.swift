// SPDX-License-Identifier: Apache-2.0

/// What the files of an image say, as a container sees them: a file of a later layer stands in the place of one of an earlier
/// layer, and a whiteout takes one away (image-spec v1.1, layer.md). Only files that say something are kept; paths are names in a
/// table here, and lead nowhere.
package struct FileSystemView: Equatable, Sendable {
    package private(set) var findings: [String: Finding] = [:]
    /// Layers that could not be read, by the names of the files that they are.
    package private(set) var unreadLayers: [String] = []
    /// The first layer that has a path which is not looked at.
    package private(set) var longPaths: String?
    /// Files that would say something, and for which the bill has no room.
    package private(set) var dropped = 0
    /// Bytes of build information that may yet be read.
    package var buildInformation = ProgramBill.imageBytes
    /// Packages in all findings.
    private var packages = 0
    /// What the texts of all findings weigh in a bill, and those of each one's own.
    private var weight = 0
    private var weights: [String: Int] = [:]
    /// Directories above findings, with what is directly below that is a finding or leads to one.
    private var below: [String: Set<String>] = [:]
    /// What came with the layer that is being applied: its whiteouts are for the layers below it.
    private var own: Set<String> = []
    /// Directories whose content of other layers this one has taken away: each more whiteout would look for it again.
    private var cleared: Set<String> = []

    package init() {}

    /// A member's name as the path that it means, without `./` and `/` around it.
    /// - Returns: nil for one that climbs or names nothing: no runtime would unpack it.
    package static func path(_ name: String) -> String? {
        let segments = name.split(separator: "/").filter { $0 != "." }
        guard !segments.isEmpty, !segments.contains("..") else { return nil }
        return segments.joined(separator: "/")
    }

    /// The most that the texts of a bill weigh. A package comes to about 100 bytes; a hostile one would be kilobytes of escapes.
    package static let mostText = 16 << 20
    private static let mostPathBytes = 4096
    private static let mostDirectories = 255
    private static let mostCleared = 10_000

    /// Whether a runtime can unpack a name (PATH_MAX, limits.h). What nests deeper than anything would take memory and time for
    /// each directory of it.
    package static func isUnpackable(_ name: String) -> Bool {
        name.utf8.count <= mostPathBytes && name.utf8.count { $0 == UInt8(ascii: "/") } <= mostDirectories
    }

    package mutating func beginLayer() {
        own = []
        cleared = []
    }

    /// A member was passed over that is not `isUnpackable`.
    package mutating func noteLongPath(layer member: String) { longPaths = longPaths ?? member }

    package mutating func noteUnread(layer member: String) { unreadLayers.append(member) }

    /// A member of the layer that is neither a directory nor a whiteout, and what it says.
    package mutating func put(_ path: String, _ finding: Finding?) { put(path, finding, weight: nil) }

    /// Another name of a file that is here already.
    package mutating func link(_ path: String, to target: String) {
        guard path != target else { return }
        put(path, findings[target], weight: weights[target])
    }

    /// - Parameter known: of the finding without its path. Links are many, and what they lead to may be large.
    private mutating func put(_ path: String, _ finding: Finding?, weight known: Int?) {
        remove(path)
        if below[path] != nil { removeBelow(path, sparingOwn: false) }
        guard let finding else { return }
        var reason = "more packages than a bill lists"
        if packages + finding.packages <= PackageList.most {
            if keep(path, finding, weight: known ?? finding.weight) { return }
            reason = "more text than a bill holds"
        }
        let unread = Finding.unread(reason: reason)
        if !keep(path, unread, weight: unread.weight) { dropped += 1 }
    }

    /// - Returns: whether there is room for it.
    private mutating func keep(_ path: String, _ finding: Finding, weight own: Int) -> Bool {
        let total = own + FileSystemView.weight(of: path, finding)
        guard weight + total <= FileSystemView.mostText else { return false }
        findings[path] = finding
        weights[path] = own
        weight += total
        packages += finding.packages
        self.own.insert(path)
        var child = path
        while !child.isEmpty {
            let (directory, _) = FileSystemView.split(child)
            guard below[directory, default: []].insert(child).inserted else { break }
            child = directory
        }
        return true
    }

    /// A path stands at each package that it names, and each directory above it is kept, too.
    private static func weight(of path: String, _ finding: Finding) -> Int {
        let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
        return FieldText.weight(path) * (1 + finding.packages) + depth * path.utf8.count / 2
    }

    /// A directory takes the place of a file, and leaves what is below a directory.
    package mutating func putDirectory(_ path: String) { remove(path) }

    /// - Returns: whether it was a whiteout.
    package mutating func takeWhiteout(_ path: String) -> Bool {
        let (directory, name) = FileSystemView.split(path)
        guard name.hasPrefix(".wh.") else { return false }
        if name == ".wh..wh..opq" {
            removeBelow(directory, sparingOwn: true)
        } else if !name.hasPrefix(".wh..wh."), name.utf8.count > 4 {
            let hidden = (directory.isEmpty ? "" : directory + "/") + name.dropFirst(4)
            if !own.contains(hidden) { remove(hidden) }
            removeBelow(hidden, sparingOwn: true)
        }
        return true
    }

    private mutating func remove(_ path: String) {
        guard let gone = findings.removeValue(forKey: path) else { return }
        weight -= (weights.removeValue(forKey: path) ?? 0) + FileSystemView.weight(of: path, gone)
        packages -= gone.packages
        own.remove(path)
        var child = path
        while !child.isEmpty, below[child] == nil, findings[child] == nil {
            let (directory, _) = FileSystemView.split(child)
            below[directory]?.remove(child)
            if below[directory]?.isEmpty == true { below[directory] = nil }
            child = directory
        }
    }

    private mutating func removeBelow(_ directory: String, sparingOwn: Bool) {
        guard below[directory] != nil, !sparingOwn || cleared.insert(directory).inserted else { return }
        if cleared.count > FileSystemView.mostCleared { cleared = [] }
        var gone: [String] = []
        var waiting = [directory]
        while let next = waiting.popLast() {
            for path in below[next] ?? [] {
                if findings[path] != nil, !(sparingOwn && own.contains(path)) { gone.append(path) }
                if below[path] != nil { waiting.append(path) }
            }
        }
        for path in gone { remove(path) }
    }

    private static func split(_ path: String) -> (directory: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path[...]) }
        return (String(path[..<slash]), path[path.index(after: slash)...])
    }
}

extension FileSystemView {
    /// What is not in the bill, beside the files that could not be read.
    var gaps: [SoftwareBill.Unread] {
        var gaps = unreadLayers.map { SoftwareBill.Unread(place: $0, reason: "a layer that is no tar archive") }
        if let longPaths {
            gaps.append(
                SoftwareBill.Unread(
                    place: longPaths,
                    reason: "files with names of more than \(FileSystemView.mostPathBytes) bytes or"
                        + " \(FileSystemView.mostDirectories) directories"))
        }
        if dropped > 0 {
            gaps.append(
                SoftwareBill.Unread(
                    place: SoftwareBill.rest,
                    reason: "\(dropped) files beyond the \(FileSystemView.mostText >> 20) MiB that a bill holds"))
        }
        return gaps
    }
}
