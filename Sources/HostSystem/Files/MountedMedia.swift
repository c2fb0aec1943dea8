// SPDX-License-Identifier: Apache-2.0

/// Where people mount what they carry in.
package enum MountedMedia {
    private static let homes = ["/media/", "/run/media/", "/mnt/"]
    private static let limit = 4 << 20

    /// Mount points at or below `/media`, `/run/media` and `/mnt`, as they are now; nothing where /proc does not say.
    package static func places() -> [HostPath] {
        guard let bytes = try? FileSystem.readAll("/proc/self/mountinfo", limit: limit) else { return [] }
        return places(mountInfo: String(decoding: bytes, as: UTF8.self))
    }

    /// - Parameter text: of /proc/PID/mountinfo, proc(5): the fifth word of each line.
    static func places(mountInfo text: String) -> [HostPath] {
        var found: [HostPath] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5 else { continue }
            let path = HostPath(plain(words[4]))
            if homes.contains(where: { (path.text + "/").hasPrefix($0) }), !found.contains(path) { found.append(path) }
        }
        return found
    }

    /// The kernel writes blanks and backslashes as three octal digits.
    private static func plain(_ word: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = word.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) {
                bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 48) })
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
