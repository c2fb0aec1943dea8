// SPDX-License-Identifier: Apache-2.0

/// What the files of an image say, as a container sees them: a file of a later layer stands in the place of one of an earlier
/// layer, and a whiteout takes one away (image-spec v1.1, layer.md). Only files that say something are kept; paths are names in a
/// table here, and lead nowhere.
package struct FileSystemView: Equatable, Sendable {
    package private(set) var findings: [String: Finding] = [:]
    /// Layers that could not be read, by the names of the files that they are.
    package private(set) var unreadLayers: [String] = []
    /// Packages in all findings.
    private var packages = 0
    /// Directories above findings, with how many there are below.
    private var above: [String: Int] = [:]
    /// What came with the layer that is being applied: its whiteouts are for the layers below it.
    private var own: Set<String> = []

    package init() {}

    /// A member's name as the path that it means, without `./` and `/` around it.
    /// - Returns: nil for one that climbs or names nothing: no runtime would unpack it.
    package static func path(_ name: String) -> String? {
        let segments = name.split(separator: "/").filter { $0 != "." }
        guard !segments.isEmpty, !segments.contains("..") else { return nil }
        return segments.joined(separator: "/")
    }

    package mutating func beginLayer() { own = [] }

    package mutating func noteUnread(layer member: String) { unreadLayers.append(member) }

    /// A member of the layer that is neither a directory nor a whiteout, and what it says.
    package mutating func put(_ path: String, _ finding: Finding?) {
        remove(path)
        if above[path] != nil { removeBelow(path, sparingOwn: false) }
        guard let finding else { return }
        let isTooMuch = packages + finding.packages > PackageList.most
        let kept = isTooMuch ? .unread(reason: "more packages than a bill lists") : finding
        findings[path] = kept
        packages += kept.packages
        own.insert(path)
        for directory in FileSystemView.directories(above: path) { above[directory, default: 0] += 1 }
    }

    /// Another name of a file that is here already.
    package mutating func link(_ path: String, to target: String) {
        guard path != target else { return }
        put(path, findings[target])
    }

    /// A directory takes the place of a file, and leaves what is below a directory.
    package mutating func putDirectory(_ path: String) { remove(path) }

    /// - Returns: whether it was a whiteout.
    package mutating func takeWhiteout(_ path: String) -> Bool {
        let (directory, name) = FileSystemView.split(path)
        guard name.hasPrefix(".wh.") else { return false }
        if name == ".wh..wh..opq" {
            if directory.isEmpty || above[directory] != nil { removeBelow(directory, sparingOwn: true) }
        } else if !name.hasPrefix(".wh..wh.") {
            let hidden = (directory.isEmpty ? "" : directory + "/") + name.dropFirst(4)
            if !own.contains(hidden) { remove(hidden) }
            if above[hidden] != nil { removeBelow(hidden, sparingOwn: true) }
        }
        return true
    }

    private mutating func remove(_ path: String) {
        guard let gone = findings.removeValue(forKey: path) else { return }
        packages -= gone.packages
        own.remove(path)
        for directory in FileSystemView.directories(above: path) {
            let left = (above[directory] ?? 1) - 1
            above[directory] = left == 0 ? nil : left
        }
    }

    private mutating func removeBelow(_ directory: String, sparingOwn: Bool) {
        let prefix = directory.isEmpty ? "" : directory + "/"
        let gone = findings.keys.filter { $0.hasPrefix(prefix) && !(sparingOwn && own.contains($0)) }
        for path in gone { remove(path) }
    }

    private static func directories(above path: String) -> [String] {
        path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
    }

    private static func split(_ path: String) -> (directory: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path[...]) }
        return (String(path[..<slash]), path[path.index(after: slash)...])
    }
}
