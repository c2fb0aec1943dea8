// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import SoftwareBills
import Testing

@testable import Bundler

private let dynamic = ELFBuilder(
    machine: 183, interpreter: "/lib/ld-linux-aarch64.so.1", libraries: ["libc.so.6", "libz.so.1"],
    versions: ["GLIBC_2.9", "GLIBC_2.34", "GLIBC_2.17", "GLIBC_PRIVATE", "ZLIB_9.9"])

struct ELFFileTests {
    @Test func readsWhatADynamicExecutableNeeds() throws {
        let file = try #require(try ELFFile(ELFImage(dynamic.bytes)))
        #expect(
            try file.needs
                == ELFNeeds(
                    arch: .arm64, interpreter: "/lib/ld-linux-aarch64.so.1", libraries: ["libc.so.6", "libz.so.1"],
                    glibc: "2.34"))
    }

    @Test func aStaticExecutableNeedsNothing() throws {
        let file = try #require(try ELFFile(ELFImage(ELFBuilder().bytes)))
        #expect(try file.needs == ELFNeeds(arch: .amd64, interpreter: nil, libraries: [], glibc: nil))
    }

    @Test func anotherMachineHasNoArchitecture() throws {
        #expect(try ELFImage(ELFBuilder(machine: 243).bytes).architecture == nil)
    }

    /// Against what readelf prints for a program that every Debian has.
    @Test func agreesWithARealProgram() throws {
        let file = try HostFile.open("/bin/ls", .read)
        let needs = try #require(try ELFFile(ELFImage(size: file.size()) { try file.read(at: $0, into: $1) })).needs
        #expect(needs.interpreter?.hasPrefix("/lib") == true)
        #expect(needs.libraries.contains("libc.so.6"))
        #expect(needs.glibc?.hasPrefix("2.") == true)
        #expect(needs.arch != nil)
    }

    @Test(arguments: ["", "#!/bin/sh\n", "\u{7f}ELF", "MZ"])
    func otherFilesAreNoELF(text: String) throws {
        #expect(try ELFFile(ELFImage(Array(text.utf8))) == nil)
    }

    @Test func truncatedAnywhereNeverTraps() throws {
        for length in dynamic.bytes.indices { _ = try ELFFile(ELFImage(Array(dynamic.bytes[..<length])))?.needs }
    }

    @Test func noByteAndNoWordMakesItTrap() throws {
        let sound = dynamic.bytes
        for index in sound.indices {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var damaged = sound
                damaged[index] = value
                _ = try ELFFile(ELFImage(damaged))?.needs
                for next in index..<min(index + 8, sound.count) { damaged[next] = value }
                _ = try ELFFile(ELFImage(damaged))?.needs
            }
        }
    }
}
