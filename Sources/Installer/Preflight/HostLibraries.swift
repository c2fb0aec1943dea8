// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// The shared libraries that programs find on this host (ld.so(8)): by name, and glibc's own version.
package struct HostLibraries: Equatable, Sendable {
    /// File names in the loader's directories.
    package var names: Set<String>
    /// Program interpreters that are there, of those asked for.
    package var interpreters: Set<String>
    /// The newest `GLIBC_x.y` that libc.so.6 defines; empty without glibc.
    package var glibc: [Int]

    package init(names: Set<String> = [], interpreters: Set<String> = [], glibc: [Int] = []) {
        self.names = names
        self.interpreters = interpreters
        self.glibc = glibc
    }

    /// Looks into the directories that the loader knows without its cache, and into those of ld.so.conf. LD_LIBRARY_PATH
    /// is left out: services do not have ours.
    package static func read(root: HostPath = "/", interpreters: Set<String>) -> HostLibraries {
        var found = HostLibraries()
        var directories = configured(root / "etc/ld.so.conf", root: root, depth: 0)
        for triplet in ["", "/x86_64-linux-gnu", "/aarch64-linux-gnu"] {
            directories += ["/lib", "/usr/lib", "/lib64", "/usr/lib64"].map { $0 + triplet }
        }
        for directory in directories {
            guard let names = try? FileSystem.list(root / directory) else { continue }
            found.names.formUnion(names.filter { $0.contains(".so") })
            if names.contains("libc.so.6"), found.glibc.isEmpty,
                let bytes = try? FileSystem.readAll(root / directory / "libc.so.6", limit: 64 << 20)
            {
                found.glibc = newestGlibc(in: bytes)
            }
        }
        found.interpreters = interpreters.filter { FileSystem.isExecutable(root / $0) }
        return found
    }

    /// The newest symbol version among the strings of a libc.so.6: what its dynamic section defines is there as text.
    package static func newestGlibc(in bytes: [UInt8]) -> [Int] {
        let mark = Array("GLIBC_2.".utf8)
        var newest: [Int] = []
        var place = 0
        while let start = bytes[place...].firstIndex(of: mark[0]) {
            place = start + 1
            guard bytes[start...].starts(with: mark) else { continue }
            let digits = bytes[(start + 6)...].prefix(16).prefix { $0 == 0x2e || (0x30...0x39).contains($0) }
            let version = HostFacts.dottedNumbers(String(decoding: digits, as: UTF8.self))
            if newest.lexicographicallyPrecedes(version) { newest = version }
        }
        return newest
    }

    /// Directories of ld.so.conf, and of the files that it includes.
    private static func configured(_ path: HostPath, root: HostPath, depth: Int) -> [String] {
        guard depth < 4, let bytes = try? FileSystem.readAll(path, limit: 1 << 20) else { return [] }
        var directories: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            if words.first == "include" {
                for pattern in words.dropFirst() {
                    for file in matches(String(pattern), root: root) {
                        directories += configured(file, root: root, depth: depth + 1)
                    }
                }
            } else if let directory = words.first, directory.hasPrefix("/") {
                directories.append(String(directory))
            }
        }
        return directories
    }

    /// Enough of glob(7) for ld.so.conf: a `*` in the last component.
    private static func matches(_ pattern: String, root: HostPath) -> [HostPath] {
        let path = pattern.hasPrefix("/") ? root / pattern : root / "etc" / pattern
        let parts = path.name.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return [path] }
        let names = (try? FileSystem.list(path.parent)) ?? []
        return names.filter {
            $0.hasPrefix(parts[0]) && $0.hasSuffix(parts[1])
                && $0.utf8.count >= parts[0].utf8.count + parts[1].utf8.count
        }.map { path.parent / $0 }
    }
}
