// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import Testing

struct FileSystemTests {
    let scratch: Scratch
    var root: HostPath { scratch.path }

    init() throws { scratch = try Scratch() }

    @Test func writeReplacesWholeAndLeavesNothingBeside() throws {
        let old = umask(0o077)
        defer { umask(old) }
        try FileSystem.write([1, 2, 3], to: root / "f", permissions: 0o644)
        try FileSystem.write([4], to: root / "f", permissions: 0o640)
        #expect(try FileSystem.readAll(root / "f", limit: 1) == [4])
        #expect(try FileSystem.status(root / "f")?.permissions == 0o640)
        #expect(try FileSystem.list(root) == ["f"])
    }

    @Test func failedWriteLeavesTheOldContentAndNoTemporary() throws {
        try FileSystem.createDirectory(root / "f")
        try FileSystem.write([1], to: root / "f" / "inside")
        #expect(throws: SystemCallError.self) { try FileSystem.write([2], to: root / "f") }
        #expect(try FileSystem.list(root) == ["f"])
        #expect(throws: SystemCallError(call: "open", path: (root / "none").text + "/x", code: ENOENT)) {
            try FileSystem.readAll(root / "none" / "x", limit: 1)
        }
    }

    @Test func readIsBounded() throws {
        try FileSystem.write([UInt8](repeating: 0, count: 1000), to: root / "f")
        #expect(try FileSystem.readAll(root / "f", limit: 1000).count == 1000)
        #expect(throws: SystemCallError(call: "read", path: (root / "f").text, code: EFBIG)) {
            try FileSystem.readAll(root / "f", limit: 999)
        }
    }

    /// What anyone may lay on a stick: none of it is waited for.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func onlyRegularFilesAreRead(followLinks: Bool) throws {
        let pipe = root / "pipe"
        #expect(mkfifo(pipe.text, 0o600) == 0)
        try FileSystem.createDirectory(root / "directory")
        for place in [pipe, root / "directory", "/dev/zero", "/dev/tty"] {
            #expect(throws: IrregularFileError(path: place.text)) {
                try FileSystem.readAll(place, limit: 10, followLinks: followLinks)
            }
        }
        try FileSystem.replaceSymlink(root / "link", target: "pipe")
        #expect(throws: (any Error).self) {
            try FileSystem.readAll(root / "link", limit: 10, followLinks: followLinks)
        }
        #expect(try FileSystem.readAll("/dev/null", limit: 10, followLinks: followLinks).isEmpty)
        #expect(try !FileSystem.readAll("/proc/self/stat", limit: 4096, followLinks: followLinks).isEmpty)
    }

    /// `--password-file <(…)`, `/dev/stdin`.
    @Test func streamsAreReadWhenTheyAreAskedFor() throws {
        #expect(throws: SystemCallError(call: "read", path: "/dev/zero", code: EFBIG)) {
            try FileSystem.readAll("/dev/zero", limit: 10, streams: true)
        }
    }

    @Test func statusDescribesTheLinkItself() throws {
        try FileSystem.replaceSymlink(root / "l", target: "nowhere")
        #expect(try FileSystem.status(root / "l")?.kind == .symlink)
        #expect(try FileSystem.status(root / "none") == nil)
        try FileSystem.replaceSymlink(root / "l", target: "elsewhere")
        #expect(try FileSystem.readLink(root / "l") == "elsewhere")
        #expect(try FileSystem.list(root) == ["l"])
    }

    @Test func directoriesGetTheirModeWhateverTheUmask() throws {
        let old = umask(0o077)
        defer { umask(old) }
        try FileSystem.createDirectories(root / "a/b/c", permissions: 0o750)
        for name in ["a", "a/b", "a/b/c"] { #expect(try FileSystem.status(root / name)?.permissions == 0o750) }
        #expect(try !FileSystem.createDirectory(root / "a", permissions: 0o700))
        #expect(try FileSystem.status(root / "a")?.permissions == 0o750)
    }

    @Test func renameNoReplaceRefuses() throws {
        try FileSystem.write([1], to: root / "a")
        try FileSystem.write([2], to: root / "b")
        #expect(throws: SystemCallError(call: "renameat2", path: (root / "a").text, code: EEXIST)) {
            try FileSystem.renameNoReplace(root / "a", to: root / "b")
        }
        try FileSystem.renameNoReplace(root / "a", to: root / "c")
        #expect(try FileSystem.list(root) == ["b", "c"])
    }

    @Test func removeTreeRemovesLinksAndNotWhatTheyPointTo() throws {
        try FileSystem.createDirectories(root / "outside")
        try FileSystem.write([1], to: root / "outside/kept")
        try FileSystem.createDirectories(root / "tree/deep/er")
        try FileSystem.write([1], to: root / "tree/deep/er/file", permissions: 0o400)
        try FileSystem.replaceSymlink(root / "tree/deep/link", target: (root / "outside").text)
        #expect(try FileSystem.removeTree(root / "tree"))
        #expect(try !FileSystem.removeTree(root / "tree"))
        #expect(try FileSystem.list(root) == ["outside"])
        #expect(try FileSystem.list(root / "outside") == ["kept"])
    }

    @Test func removeTreeStopsAtAnotherFileSystem() throws {
        let mounted = root / "tree/mounted"
        try FileSystem.createDirectories(mounted)
        guard mount("none", mounted.text, "tmpfs", 0, "size=64k") == 0 else { return }  // needs root
        defer { umount2(mounted.text, Int32(MNT_DETACH)) }
        try FileSystem.write([1], to: mounted / "kept")
        #expect(throws: SystemCallError(call: "unlinkat", path: mounted.text, code: EBUSY)) {
            try FileSystem.removeTree(root / "tree")
        }
        #expect(try FileSystem.exists(mounted / "kept"))
        #expect(try FileSystem.volume(mounted).id != FileSystem.volume(root).id)
        #expect(try FileSystem.volume(mounted / "not/there/yet").id == FileSystem.volume(mounted).id)
        #expect(try FileSystem.volume(mounted).freeBytes < 64 * 1024)
        #expect(throws: SystemCallError.self) {
            try FileSystem.write([UInt8](repeating: 0, count: 70_000), to: mounted / "full")
        }
        #expect(try FileSystem.list(mounted) == ["kept"])
    }

    @Test func leftTemporariesAreRecognised() throws {
        try FileSystem.write([1], to: root / ".bundle-tmp-xyz")
        try FileSystem.write([1], to: root / "real")
        #expect(try FileSystem.removeLeftTemporaries(in: root) == 1)
        #expect(try FileSystem.removeLeftTemporaries(in: root / "none") == 0)
        #expect(try FileSystem.list(root) == ["real"])
    }
}

struct DirectoryHandleTests {
    let scratch: Scratch
    let handle: DirectoryHandle

    init() throws {
        scratch = try Scratch()
        handle = try DirectoryHandle.open(scratch.path)
    }

    @Test(arguments: ["..", ".", "", "a/b", "/etc", "a\0b"])
    func onlySingleNames(name: String) {
        #expect(throws: SystemCallError.self) { try handle.createFile(name, permissions: 0o644) }
        #expect(throws: SystemCallError.self) { try handle.directory(name) }
        #expect(throws: SystemCallError.self) { try handle.removeTree(name) }
    }

    @Test func plantedLinksLeadNowhere() throws {
        try FileSystem.createDirectory(scratch.path / "target")
        try handle.createSymlink("link", target: "target")
        try handle.createSymlink("file", target: "target/created")
        #expect(throws: SystemCallError.self) { try handle.directory("link") }
        #expect(throws: SystemCallError.self) { try handle.createDirectory("link", permissions: 0o755) }
        #expect(throws: SystemCallError.self) { try handle.createFile("file", permissions: 0o644) }
        #expect(throws: SystemCallError.self) { try handle.openFile("file") }
        #expect(try FileSystem.list(scratch.path / "target").isEmpty)
    }

    @Test func filesAreNewAndHaveTheirMode() throws {
        let old = umask(0o077)
        defer { umask(old) }
        let below = try handle.createDirectories(["a", "b"], permissions: 0o755)
        try below.createFile("run", permissions: 0o755).write("x")
        #expect(try below.status("run")?.permissions == 0o755)
        #expect(try handle.status("a")?.permissions == 0o755)
        #expect(throws: SystemCallError(call: "openat", path: (scratch.path / "a/b/run").text, code: EEXIST)) {
            try below.createFile("run", permissions: 0o755)
        }
        try handle.sync()
    }
}
