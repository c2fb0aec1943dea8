// SPDX-License-Identifier: Apache-2.0

/// Headers that are not the one header of their name and size (format §4.2): every field that some tar reader acts on. The
/// header's checksum is right each time.
enum HeaderFaults {
    static func vectors() throws -> [Vector] {
        try modes() + types() + names() + numbers()
    }

    private static func put(
        _ name: String, _ rows: [Int], _ about: String, _ text: String, at offset: Int
    ) throws -> Vector {
        try Sample.headed("header-" + name, .header, rows, about) { $0.put(text, at: offset) }
    }

    private static func modes() throws -> [Vector] {
        [
            try put("setuid", [27], "A document of mode 4755.", "004755 ", at: 100),
            try put("world-writable", [27], "A document of mode 0666.", "000666 ", at: 100),
            try put(
                "executable", [27], "A document of mode 0755: modes are the manifest's to say.", "000755 ", at: 100),
            try put("uid", [25], "A document of user 1000.", "001750 ", at: 108),
            try put("gid", [25], "A document of group 1000.", "001750 ", at: 116),
            try put("mtime", [25], "A document with a time.", "15200000000 ", at: 136),
            try put("user-name", [25], "A document of the user `root` by name.", "root", at: 265),
            try put("group-name", [25], "A document of the group `root` by name.", "root", at: 297),
        ]
    }

    private static func types() throws -> [Vector] {
        func type(_ name: String, _ rows: [Int], _ flag: String, link: String = "", _ about: String) throws -> Vector {
            try Sample.headed("type-" + name, .header, rows, about) {
                $0.put(flag, at: 156)
                $0.put(link, at: 157)
            }
        }
        return [
            try type("hard-link", [22], "1", link: "/etc/passwd", "A hard link to a file outside."),
            try type("symlink", [21], "2", link: "../../etc", "A symbolic link that climbs out."),
            try type("character-device", [26], "3", "A character device."),
            try type("block-device", [26], "4", "A block device."),
            try type("directory", [23], "5", "A directory in the place of a document."),
            try type("fifo", [26], "6", "A FIFO."),
            try type("contiguous", [26], "7", "A contiguous file, which some readers take for a regular one."),
            try type("nul", [28], "\0", "The type of old tars that means the same as `0`."),
            try type("pax", [25], "x", "A pax header, which can carry ACLs, attributes and other names."),
            try type("pax-global", [25], "g", "A global pax header."),
            try type("gnu-long-name", [24], "L", "A GNU long name, which overrules the next header's."),
            try type("gnu-long-link", [24], "K", "A GNU long link name."),
            try type("gnu-sparse", [16], "S", "A GNU sparse file, whose size is not its size."),
            try Sample.headed("header-link-name", .header, [22], "A regular file with a link's target beside it.") {
                $0.put("../../etc/passwd", at: 157)
            },
            try put("device-number", [26], "A regular file with a device number.", "000001 ", at: 329),
        ]
    }

    private static func names() throws -> [Vector] {
        [
            try put("prefix", [20, 24], "The name goes on in the prefix field.", "../../etc", at: 345),
            try put("behind-nul", [29], "Bytes stand behind the NUL that ends the name.", "evil", at: 60),
            try put("gnu-magic", [24], "The magic of GNU tar.", "ustar  \0", at: 257),
            try put("no-magic", [24], "The header of a tar before POSIX.", "\0\0\0\0\0\0\0\0", at: 257),
            try put("last-bytes", [4], "Bytes in the twelve that no field uses.", "x", at: 505),
            try put("newline", [29], "A newline in the name.", "docs/UPGR\nDE.md", at: 0),
            try put("escape", [29], "A terminal's escape sequence in the name.", "docs/\u{1b}[2J.md", at: 0),
            try put("unicode", [29], "A name that is not ASCII.", "docs/\u{202e}RADE.md", at: 0),
        ]
    }

    private static func numbers() throws -> [Vector] {
        [
            try Sample.edited("header-checksum", .header, [1], "The header's checksum is one too high.") { file in
                let at = try Sample.offset(of: Sample.upgrade) + 153
                file[at] = file[at] == 0x37 ? 0x36 : file[at] + 1
            },
            try Sample.headed("size-base-256", .header, [16], "The size in base 256, which GNU writes for large files.")
            {
                $0.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25])
            },
            try Sample.headed("size-negative", .header, [16], "A negative size in base 256.") {
                $0.replaceSubrange(124..<136, with: [UInt8](repeating: 0xff, count: 12))
            },
            try put("size-nul", [16], "The size ends with a NUL and not with a space.", "\0", at: 135),
            try put("size-spaces", [16], "The size has spaces where zeros must be.", "   ", at: 124),
            try put("size-eight", [16], "A digit that is not octal in the size.", "8", at: 130),
            try put("size-twelve", [16], "The size has twelve digits.", "0", at: 135),
        ]
    }
}
