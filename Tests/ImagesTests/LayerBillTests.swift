// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import SoftwareBills
import Testing

@Suite("The software of an image")
struct LayerBillTests {
    /// Layers as tar(1) makes them of directories, each of which `fill` fills by a script.
    private func view(_ scripts: [String], compressed: Bool = false) async throws -> FileSystemView {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        var image = HandmadeImage(layers: [], diffs: [])
        if compressed { image.layerType += "+gzip" }
        for (number, script) in scripts.enumerated() {
            let root = directory / "\(number)"
            try FileSystem.createDirectory(root)
            let tar = "\(directory)/\(number).tar"
            let shell = "set -e; cd \(root); \(script); tar --format=pax -cf \(tar) .; gzip -k \(tar)"
            let result = try await SystemCommandRunner().run(Command(["bash", "-c", shell]))
            try #require(result.status == 0, "\(result.errorText)")
            image.diffs?.append(.ofBytes(try FileSystem.readAll(HostPath(tar), limit: 256 << 20)))
            image.layers.append(try FileSystem.readAll(HostPath(tar + (compressed ? ".gz" : "")), limit: 256 << 20))
        }
        let archive = try HandmadeArchive(image.oci)
        return try ImageInput.open(archive.path, arch: .amd64).view()
    }

    private static let status = "mkdir -p var/lib/dpkg; printf 'Package: %s\\nVersion: 1\\n\\n' $p >var/lib/dpkg/status"

    private func names(_ view: FileSystemView) -> [String: [String]] {
        view.findings.mapValues { finding in
            if case .packages(let packages) = finding { packages.map(\.name) } else { ["unread"] }
        }
    }

    @Test("is what its last layer leaves", arguments: [false, true])
    func layers(_ compressed: Bool) async throws {
        let base = "p=old; \(LayerBillTests.status); mkdir -p usr/bin opt/x/y; cp /usr/bin/skopeo usr/bin/a; "
        let programs =
            base + "cp usr/bin/a usr/bin/b; cp usr/bin/a opt/x/c; cp usr/bin/a opt/x/y/d; ln usr/bin/a usr/bin/e"
        let all = try await view([programs], compressed: compressed)
        #expect(
            Set(all.findings.keys) == [
                "var/lib/dpkg/status", "usr/bin/a", "usr/bin/b", "usr/bin/e", "opt/x/c", "opt/x/y/d",
            ])
        // Another database, a script in a program's place, a file removed, a directory made opaque, one replaced by a link.
        let next =
            "p=new; \(LayerBillTests.status); mkdir -p usr/bin opt/x; echo hi >usr/bin/a; touch usr/bin/.wh.b; "
            + "touch opt/x/.wh..wh..opq; cp /usr/bin/buildah opt/x/own"
        let after = try await view([programs, next], compressed: compressed)
        #expect(
            names(after) == ["var/lib/dpkg/status": ["new"], "usr/bin/e": ["stdlib"], "opt/x/own": ["stdlib"]])
        let gone = try await view([programs, "touch .wh.var .wh.opt; ln -s /elsewhere usr"], compressed: compressed)
        #expect(gone.findings.isEmpty)
    }

    @Test("is read in spite of names that are not ASCII, and of names that climb")
    func names() async throws {
        let odd = "mkdir -p etc/ssl; echo x >etc/ssl/Főtanúsítvány.crt; p=a; \(LayerBillTests.status)"
        #expect(try await names(view([odd])) == ["var/lib/dpkg/status": ["a"]])
        for name in ["../x", "a/../../b", "..", "/", "."] { #expect(FileSystemView.path(name) == nil, "\(name)") }
        for name in ["./a/b", "/a/b", "a//b/", "a/./b"] { #expect(FileSystemView.path(name) == "a/b") }
    }

    @Test("is said to be unread where a layer is no tar, or breaks off in one")
    func unread() async throws {
        let archive = try HandmadeArchive(HandmadeImage().docker)
        let opened = try ImageInput.open(archive.path, arch: .amd64)
        #expect(try opened.view().unreadLayers == ["l0/layer.tar", "l1/layer.tar"])
        let large =
            "mkdir -p var/lib/dpkg; truncate -s 65M var/lib/dpkg/status; mkdir -p lib/apk/db; echo x >lib/apk/db/installed"
        #expect(
            try await names(view([large])) == ["var/lib/dpkg/status": ["unread"], "lib/apk/db/installed": ["unread"]])
    }

    @Test("is not looked for under a name that no runtime could make, and that is said")
    func longName() async throws {
        let script = """
            import io,sys,tarfile
            text=b'P:a\\n\\n'
            with tarfile.open(fileobj=sys.stdout.buffer,mode='w|',format=tarfile.PAX_FORMAT) as tar:
                for name in ('a/'*3000+'../'*3000+'lib/apk/db/installed','./lib/apk/db/installed'):
                    entry=tarfile.TarInfo(name); entry.size=len(text); tar.addfile(entry,io.BytesIO(text))
                link=tarfile.TarInfo('b/'*3000+'x'); link.type=tarfile.LNKTYPE; link.linkname='lib/apk/db/installed'
                tar.addfile(link)
            """
        let made = try await SystemCommandRunner().run(Command(["python3", "-c", script]))
        try #require(made.status == 0, "\(made.errorText)")
        let archive = try HandmadeArchive(HandmadeImage(layers: [made.output]).docker)
        let view = try ImageInput.open(archive.path, arch: .amd64).view()
        #expect(names(view) == ["lib/apk/db/installed": ["a"]])
        #expect(view.longPaths == "l0/layer.tar" && view.unreadLayers.isEmpty)
    }

    @Test("is found in a program that is too large to be held")
    func largeProgram() async throws {
        // Go's own layout, with 60 MB between the data segment's beginning and the mark.
        let script = """
            import struct,sys
            mark=b'\\xff Go buildinf:'+bytes([8,2])+bytes(16)+b'\\x08go1.22.1'
            mods=b'0'*16+b'path\\tx\\ndep\\texample.org/y\\tv1.0.0\\t\\n'+b'0'*16
            info=mark+bytes([len(mods)])+mods
            size=60*1000*1000//16*16
            ph=struct.pack('<IIQQQQQQ',1,6,4096,4096,4096,size+len(info),size+len(info),4096)
            e=b'\\x7fELF'+bytes([2,1,1])+bytes(9)+struct.pack('<HHIQQQIHHHHHH',2,62,1,0,64,SHOFF,0,64,56,1,64,0,0)
            open('usr/bin/big','wb').write((e+ph).ljust(4096,b'\\0')+b'\\xff'*size+INFO)
            """
        func make(_ information: String, _ sections: String = "0") -> String {
            let text = script.replacing("INFO", with: information).replacing("SHOFF", with: sections)
            return "mkdir -p usr/bin; python3 - <<'END'\n\(text)\nEND\ntrue"
        }
        #expect(try await names(view([make("info")])) == ["usr/bin/big": ["stdlib", "example.org/y"]])
        #expect(try await names(view([make("b''")])).isEmpty)
        // Its sections cannot be reached, so nobody knows whether there is a list of crates.
        #expect(try await names(view([make("b''", "4096")])) == ["usr/bin/big": ["unread"]])
    }
}
