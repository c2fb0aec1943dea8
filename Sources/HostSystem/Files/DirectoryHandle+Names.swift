// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

extension DirectoryHandle {
    /// What is in a directory that others may have written to.
    package struct Names: Equatable {
        /// Sorted by their bytes.
        package var known: [String] = []
        /// Names that are not UTF-8, with `\xNN` for each byte that is no plain character. They cannot be opened by it.
        package var odd: [String] = []
    }

    /// All names but `.` and `..`: one that is not UTF-8 hides no other.
    package func names() throws(SystemCallError) -> Names {
        // A descriptor of its own: fdopendir(3) takes it over, and reading moves its offset.
        let copy = bundle_openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let fault = FileSystem.failure("fdopendir", path)
            if copy >= 0 { close(copy) }
            throw fault
        }
        defer { closedir(stream) }
        var names = Names()
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw FileSystem.failure("readdir", path) }
                break
            }
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                names.odd.append(DirectoryHandle.escaped(bytes))
                continue
            }
            if name != "." && name != ".." { names.known.append(name) }
        }
        names.known.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        names.odd.sort()
        return names
    }

    /// As `ls -b` and `printf '%b'` write it.
    private static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if byte > 0x20, byte < 0x7f, byte != 0x5c { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

extension FileSystem {
    package static func names(in path: HostPath) throws(SystemCallError) -> DirectoryHandle.Names {
        try DirectoryHandle.open(path).names()
    }
}
