// SPDX-License-Identifier: Apache-2.0
import SoftwareBills

@testable import Bundler

/// Lays out a small ELF file by hand: one load segment over the whole file, and what is asked for.
struct ELFBuilder {
    var machine: UInt16 = 62
    var interpreter: String?
    var libraries: [String] = []
    /// Versions asked of the first library.
    var versions: [String] = []

    var bytes: [UInt8] {
        var strings: [UInt8] = [0]
        func string(_ text: String) -> UInt64 {
            defer { strings += Array(text.utf8) + [0] }
            return UInt64(strings.count)
        }
        let libraryNames = libraries.map(string)
        let versionNames = versions.map(string)
        let interpreterBytes: [UInt8] = interpreter.map { Array($0.utf8) + [0] } ?? []
        let dynamicCount = libraries.count + 5
        let interpreterAt = 64 + 3 * 56
        let dynamicAt = interpreterAt + interpreterBytes.count
        let stringsAt = dynamicAt + dynamicCount * 16
        let needAt = stringsAt + strings.count
        let total = needAt + 16 + versions.count * 16

        var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        file += little(2, 2) + little(UInt64(machine), 2) + little(1, 4) + little(0, 8) + little(64, 8) + little(0, 8)
        file += little(0, 4) + little(64, 2) + little(56, 2) + little(3, 2) + little(0, 6)
        file += segment(1, 0, total)
        file += segment(interpreter == nil ? 0 : 3, interpreterAt, interpreterBytes.count)
        file += segment(libraries.isEmpty && versions.isEmpty ? 0 : 2, dynamicAt, dynamicCount * 16)
        file += interpreterBytes
        for name in libraryNames { file += little(1, 8) + little(name, 8) }
        for (tag, value) in [(5, stringsAt), (10, strings.count), (0x6fff_fffe, needAt), (0x6fff_ffff, 1), (0, 0)] {
            let address = tag == 10 || tag == 0 || tag == 0x6fff_ffff ? value : value + ELFBuilder.base
            file += little(UInt64(tag), 8) + little(UInt64(address), 8)
        }
        file += strings
        file += little(1, 2) + little(UInt64(versions.count), 2) + little(0, 4) + little(16, 4) + little(0, 4)
        for (index, name) in versionNames.enumerated() {
            let next: UInt64 = index + 1 < versionNames.count ? 16 : 0
            file += little(0, 8) + little(name, 4) + little(next, 4)
        }
        return file
    }

    private static let base = 0x40_0000

    private func segment(_ type: UInt64, _ offset: Int, _ size: Int) -> [UInt8] {
        little(type, 4) + little(5, 4) + little(UInt64(offset), 8) + little(UInt64(offset + ELFBuilder.base), 8)
            + little(0, 8) + little(UInt64(size), 8) + little(UInt64(size), 8) + little(1, 8)
    }

    private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> UInt64(8 * $0) : 0) }
    }
}

extension ELFImage {
    init(_ bytes: [UInt8]) {
        self.init(size: Int64(bytes.count)) { offset, buffer in
            guard offset >= 0, offset < Int64(bytes.count) else { return 0 }
            let part = bytes[Int(offset)...].prefix(buffer.count)
            buffer.copyBytes(from: part)
            return part.count
        }
    }
}
