// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

/// What a killed process left goes; what another one works in stays.
struct HeldScratchTests {
    @Test func sweepsWhatNobodyHolds() throws {
        let scratch = try Scratch()
        let left = try FileSystem.createTemporaryDirectory(in: scratch.path)
        try FileSystem.write([1], to: left / "pack")
        let busy = try HeldScratch.create(in: scratch.path)
        #expect(try !FileSystem.exists(left))
        let other = try HeldScratch.create(in: scratch.path)
        #expect(try FileSystem.exists(busy.path) && busy.path != other.path)
        try other.remove()
        #expect(try FileSystem.list(scratch.path) == [busy.path.name])
        try busy.remove()
    }

    /// A file of that name is no directory of ours, nor is a link to one.
    @Test func leavesFilesAndLinks() throws {
        let scratch = try Scratch()
        let target = scratch.path / "precious"
        try FileSystem.createDirectory(target)
        try FileSystem.write([1], to: scratch.path / ".bundle-tmp-file")
        try FileSystem.replaceSymlink(scratch.path / ".bundle-tmp-link", target: target.text)
        try HeldScratch.create(in: scratch.path).remove()
        #expect(try FileSystem.list(scratch.path).sorted() == [".bundle-tmp-file", ".bundle-tmp-link", "precious"])
    }
}
