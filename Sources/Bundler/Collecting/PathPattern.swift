// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// A path whose last part may hold `*` (any run of characters) and `?` (any one), as a shell reads them: a name that
/// begins with a dot is matched only by a pattern that does.
struct PathPattern {
    private let directory: HostPath
    private let name: String

    init(_ path: HostPath) {
        directory = path.parent
        name = path.name
    }

    var isPattern: Bool { name.contains("*") || name.contains("?") }

    /// Files that match, sorted by name; a path without a pattern is itself.
    func matches() throws -> [HostPath] {
        guard isPattern else { return [directory / name] }
        guard try FileSystem.resolve(directory) != "" else { return [] }
        return try FileSystem.list(directory).filter { PathPattern.fits(Array($0.utf8)[...], Array(name.utf8)[...]) }
            .filter { name.hasPrefix(".") || !$0.hasPrefix(".") }
            .map { directory / $0 }
            .filter { try FileSystem.status(FileSystem.resolve($0))?.kind == .file }
    }

    /// Greedy with one way back, so that no pattern takes more than text × pattern steps.
    static func fits(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var (text, pattern) = (text, pattern)
        var retry: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
        while let byte = text.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (text, pattern)
            } else if pattern.first == byte || pattern.first == UInt8(ascii: "?") {
                text = text.dropFirst()
                pattern = pattern.dropFirst()
            } else if let last = retry {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry = (text, pattern)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
