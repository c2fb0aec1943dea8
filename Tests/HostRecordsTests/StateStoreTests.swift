// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Testing

struct StateStoreTests {
    let scratch: Scratch
    let layout: HostLayout
    let store: StateStore

    init() throws {
        scratch = try Scratch()
        layout = try Samples.layout(scratch)
        store = StateStore(layout: layout)
    }

    private func bytes() throws -> [UInt8] { try FileSystem.readAll(layout.state, limit: 1 << 20) }

    @Test func nothingInstalledIsNil() throws {
        #expect(try store.load() == nil)
        #expect(try HostLayout.products(root: scratch.path).isEmpty)
    }

    @Test func whatIsCommittedIsLoaded() throws {
        let committed = try store.commit(try Samples.state())
        #expect(committed.generation == 1)
        #expect(try store.load() == committed)
        #expect(try FileSystem.list(layout.records) == ["state"])
        #expect(try FileSystem.status(layout.state)?.permissions == 0o644)
        #expect(try HostLayout.products(root: scratch.path) == [layout.product])
    }

    @Test func stockToolsCheckIt() async throws {
        try store.commit(try Samples.state())
        let script = "set -- $(head -n 1 \(layout.state)); tail -n +2 \(layout.state) | sha256sum | grep -q \"^$3 \""
        #expect(try await SystemCommandRunner().run(Command(["sh", "-c", script])).status == 0)
    }

    @Test func goodReleasesAreKnownForEverAndBadOnesAreNot() throws {
        var record = try store.commit(try Samples.state())
        record.releases = []
        record = try store.commit(record)
        let known = KnownRelease(version: try Samples.version("1.3.0"), digest: Samples.digest("1.3.0"))
        #expect(try store.load()?.known == [known])
    }

    @Test func aRecordReadBeforeAnotherRunsCommitIsRefused() throws {
        let old = try store.commit(try Samples.state())
        try store.commit(old)
        #expect(throws: RecordError.stateMoved(path: layout.state, read: 1, found: 2)) { try store.commit(old) }
        #expect(throws: RecordError.stateMoved(path: layout.state, read: 0, found: 2)) {
            try store.commit(StateRecord(name: layout.product, addressIndex: 0))
        }
    }

    /// Whatever byte changes or is lost: never another record, never none.
    @Test func everyDamageIsRefused() throws {
        try store.commit(try Samples.state())
        let whole = try bytes()
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1
            try FileSystem.write(damaged, to: layout.state)
            #expect(throws: RecordError.self, "flipped \(index)") { try store.load() }
        }
        for count in 0..<whole.count {
            try FileSystem.write(Array(whole[..<count]), to: layout.state)
            #expect(throws: RecordError.self, "cut at \(count)") { try store.load() }
        }
        try FileSystem.write(whole + [0x0a], to: layout.state)
        #expect(throws: RecordError.self) { try store.load() }
        #expect(throws: RecordError.self, "and no number is given away") {
            try StateStore.freeAddressIndex(root: scratch.path)
        }
        #expect(throws: RecordError.self, "and nothing is written over it") { try store.commit(try Samples.state()) }
    }

    @Test(arguments: [
        ("\"addressIndex\":3", "\"addressIndex\":3,\"later\":1"), ("\"addressIndex\":3", "\"addressIndex\": 3"),
        ("\"generation\":1", "\"generation\":2"), ("\"slot\":\"blue\"", "\"slot\":\"red\""),
    ])
    func whatIsNotUnderstoodIsRefused(old: String, new: String) throws {
        try store.commit(try Samples.state())
        let text = String(decoding: try bytes(), as: UTF8.self)
        let document = text.split(separator: "\n", maxSplits: 1)[1].replacing(old, with: new, maxReplacements: 1)
        let digest = Digest.ofBytes(Array(document.utf8))
        try FileSystem.write(Array("bundle-state/1 1 \(digest)\n\(document)".utf8), to: layout.state)
        #expect(throws: RecordError.stateNotUnderstood(path: layout.state)) { try store.load() }
    }

    @Test func aLinkInItsPlaceIsNotFollowed() throws {
        try store.commit(try Samples.state())
        try FileSystem.rename(layout.state, to: layout.records / "elsewhere")
        try FileSystem.replaceSymlink(layout.state, target: "elsewhere")
        #expect(throws: SystemCallError.self) { try store.load() }
    }

    @Test func addressIndicesAreTheSmallestFree() throws {
        #expect(try StateStore.freeAddressIndex(root: scratch.path) == 0)
        for (name, index) in [("a", 0), ("b", 1), ("d", 3)] {
            let layout = try Samples.layout(scratch, name)
            try StateStore(layout: layout).commit(StateRecord(name: layout.product, addressIndex: index))
        }
        #expect(try StateStore.freeAddressIndex(root: scratch.path) == 2)
        try StateStore(layout: try Samples.layout(scratch, "a")).remove()
        #expect(try StateStore.freeAddressIndex(root: scratch.path) == 0)
    }

    @Test func aFullDiskKeepsTheOldRecord() throws {
        try FileSystem.createDirectories(layout.allRecords)
        guard ScratchMount.mount(layout.allRecords, size: "16k") else { return }  // needs root
        defer { ScratchMount.unmount(layout.allRecords) }
        var record = try store.commit(try Samples.state())
        let old = record
        record.releases = (0..<200).compactMap { try? Samples.release("2.0.\($0)") }
        #expect(throws: SystemCallError.self) { try store.commit(record) }
        #expect(try store.load() == old)
        #expect(try FileSystem.list(layout.records) == ["state"])
    }
}
