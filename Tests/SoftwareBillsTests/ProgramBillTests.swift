// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import SoftwareBills
import Testing

@Suite("A program")
struct ProgramBillTests {
    private func image(_ bytes: [UInt8]) -> ELFImage {
        ELFImage(size: Int64(bytes.count)) { offset, buffer in
            guard offset >= 0, offset < Int64(bytes.count) else { return 0 }
            let part = bytes[Int(offset)...].prefix(buffer.count)
            buffer.copyBytes(from: part)
            return part.count
        }
    }

    /// A real program with one more section, put there by binutils.
    private func program(_ section: String, _ content: [UInt8]) async throws -> [UInt8] {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        try FileSystem.write(content, to: directory / "content")
        let result = try await SystemCommandRunner().run(
            Command([
                "objcopy", "--add-section", "\(section)=\(directory)/content", "/usr/bin/true", "\(directory)/out",
            ]))
        try #require(result.status == 0, "\(result.errorText)")
        return try FileSystem.readAll(directory / "out", limit: 1 << 20)
    }

    private func deflated(_ text: String) async throws -> [UInt8] {
        let script = "import sys,zlib; sys.stdout.buffer.write(zlib.compress(sys.stdin.buffer.read()))"
        return try await SystemCommandRunner().run(Command(["python3", "-c", script], input: Array(text.utf8))).output
    }

    private static let modules = """
        path\texample.org/app/cmd
        mod\texample.org/app\t(devel)\t
        dep\tgithub.com/a/b\tv1.2.3\th1:x=
        dep\tgithub.com/c/d\tv1.0.0\t
        =>\tgithub.com/e/d\tv1.1.0\th1:y=
        build\t-compiler=gc

        """

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : [UInt8(count & 0x7f | 0x80)] + length(count >> 7)
    }

    static func goInfo(_ version: String = "go1.22.1", _ modules: String = modules) -> [UInt8] {
        let marked = [UInt8](repeating: 0x30, count: 16) + Array(modules.utf8) + [UInt8](repeating: 0xf9, count: 16)
        return GoBuild.magic + [8, 2] + [UInt8](repeating: 0, count: 16) + length(version.utf8.count)
            + Array(version.utf8)
            + length(marked.count) + marked
    }

    @Test("of Go names Go and its modules, what was replaced by what replaced it")
    func go() async throws {
        let found = try ProgramBill.packages(image(try await program(".go.buildinfo", ProgramBillTests.goInfo())))
        #expect(
            found == [
                SoftwarePackage(kind: .golang, name: "stdlib", version: "1.22.1"),
                SoftwarePackage(kind: .golang, name: "example.org/app", version: "(devel)", isProgram: true),
                SoftwarePackage(kind: .golang, name: "github.com/a/b", version: "v1.2.3"),
                SoftwarePackage(kind: .golang, name: "github.com/e/d", version: "v1.1.0"),
            ])
    }

    @Test("of Go that Debian built says by which Go", arguments: ["/usr/bin/skopeo", "/usr/bin/buildah"])
    func debian(_ path: String) async throws {
        let file = try HostFile.open(HostPath(path), .read)
        let found = try ProgramBill.packages(ELFImage(size: file.size()) { try file.read(at: $0, into: $1) })
        let version = try await SystemCommandRunner().run(
            Command(["sh", "-c", "strings -n 6 \(path) | grep -o -m 1 -E '^go1\\.[0-9.]+$'"])
        ).outputText
        #expect(
            found.first
                == SoftwarePackage(kind: .golang, name: "stdlib", version: String(version.dropFirst(2).dropLast())))
    }

    @Test("of Rust names its crates, but for those that only built it")
    func rust() async throws {
        let list = """
            {"packages":[{"name":"adler","version":"0.2.3","source":"registry","kind":"build"},
            {"name":"app","version":"0.1.0","source":"local","dependencies":[2],"root":true},
            {"name":"ring","version":"0.17.8","source":"crates.io"}],"format":1}
            """
        #expect(
            try ProgramBill.packages(image(try await program(".dep-v0", try await deflated(list)))) == [
                SoftwarePackage(kind: .cargo, name: "app", version: "0.1.0", isProgram: true),
                SoftwarePackage(kind: .cargo, name: "ring", version: "0.17.8"),
            ])
    }

    @Test("that says it in another way than it should is refused")
    func damage() async throws {
        let bomb = try await deflated("{\"packages\":[\"\(String(repeating: "a", count: 5 << 20))\"]}")
        let wrong: [(String, [UInt8], BillFault)] = [
            (".dep-v0", [1, 2, 3], .damaged("a list of crates that does not unpack")),
            (".dep-v0", bomb, .tooLarge(limit: 4 << 20)),
            (
                ".dep-v0", try await deflated("{\"packages\":[{\"name\":1}]}"),
                .damaged("a crate without name and version")
            ),
            (
                ".dep-v0", Array(try await deflated("{\"packages\":[]}").dropLast(6)),
                .damaged("a list of crates that does not unpack")
            ),
            (
                ".go.buildinfo", Array(ProgramBillTests.goInfo()[..<40]) + [0xff, 0xff, 0xff, 0xff],
                .damaged("a text without an end")
            ),
            (".go.buildinfo", ProgramBillTests.goInfo("perl"), .damaged("no version of Go")),
        ]
        for (section, content, fault) in wrong {
            let bytes = try await program(section, content)
            #expect(throws: fault) { try ProgramBill.packages(image(bytes)) }
        }
        #expect(try ProgramBill.packages(image(try FileSystem.readAll("/usr/bin/true", limit: 1 << 20))).isEmpty)
        #expect(try ProgramBill.packages(image(Array("#!/bin/sh\n".utf8))).isEmpty)
    }

    @Test("that claims more than it has, or one part many times, is read no further than it goes")
    func claims() throws {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        for (claimed, size) in [(1 << 20, 4096), (64 << 10, 80 << 10)] {
            // 64 writable PT_LOAD segments of a program without sections.
            var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 25)
            bytes += little(64, 8) + [UInt8](repeating: 0, count: 14) + little(56, 2) + little(64, 2) + little(0, 6)
            for number in 0..<64 {
                bytes += little(1, 4) + little(2, 4) + little(16 * number, 8) + little(0, 16) + little(claimed, 8)
                bytes += little(0, 16)
            }
            bytes += [UInt8](repeating: 0, count: size - bytes.count)
            var asked = 0
            let whole = image(bytes)
            let counted = ELFImage(size: Int64(bytes.count)) { offset, target in
                asked += target.count
                guard
                    let part = try whole.bytes(at: UInt64(offset), count: min(target.count, bytes.count - Int(offset)))
                else { return 0 }
                target.copyBytes(from: part)
                return part.count
            }
            #expect(try ProgramBill.packages(counted).isEmpty)
            #expect(asked <= bytes.count + 8192, "\(asked) of \(bytes.count)")
        }
    }

    @Test("is not read when the others of its image have taken all that is read of one")
    func room() async throws {
        let text = "{\"packages\":[]}" + String(repeating: " ", count: 3000)
        let rust = try await program(".dep-v0", try await deflated(text))
        var room = 5000
        #expect(try ProgramBill.packages(image(rust), room: &room).isEmpty)
        #expect(room == 5000 - text.utf8.count)
        #expect(throws: BillFault.spent) { try ProgramBill.packages(image(rust), room: &room) }
        #expect(room == 0)
        let broken = try await program(".dep-v0", Array(try await deflated(text).dropLast(8)))
        room = 5000
        #expect(throws: BillFault.damaged("a list of crates that does not unpack")) {
            try ProgramBill.packages(image(broken), room: &room)
        }
        #expect(room == 0)
        let go = try await program(".go.buildinfo", ProgramBillTests.goInfo())
        room = 300
        #expect(try ProgramBill.packages(image(go), room: &room).count == 4)
        #expect(room < 300)
        #expect(throws: BillFault.spent) { try ProgramBill.packages(image(go), room: &room) }
    }

    @Test("that is broken anywhere never traps")
    func lies() async throws {
        let whole = try await program(".go.buildinfo", ProgramBillTests.goInfo())
        var chance = Chance(state: 7)
        let sections = whole[40..<48].reversed().reduce(0) { $0 << 8 | Int($1) }
        for _ in 0..<2000 {
            var lie = whole
            for _ in 0..<3 {
                let base = [0, 64, sections, sections + 1024][Int(chance.next() % 4)]
                let at = min(lie.count - 1, base + Int(chance.next() % 1024))
                lie[at] = [0, 0x7f, 0xff, UInt8(truncatingIfNeeded: chance.next())][Int(chance.next() % 4)]
            }
            _ = try? ProgramBill.packages(image(lie))
        }
    }
}
