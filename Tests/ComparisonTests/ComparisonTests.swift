// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Comparison
import Testing

/// What differs between two releases, and who pays for it.
@Suite struct ComparisonTests {
    typealias Change = ReleaseChange

    private func compare(_ old: Sketch, _ new: Sketch) throws -> ReleaseComparison {
        ReleaseComparison(.release(try old.release()), try new.release())
    }

    @Test func countsWhatIsAlike() throws {
        let found = try compare(Sketch(), Sketch())
        #expect(found.changes.isEmpty)
        #expect(found.unchanged[.file] == 4 && found.unchanged[.image] == 1 && found.unchanged[.service] == 1)
        #expect(found.unchanged[.document] == 1 && found.unchanged[.value] == 1)
        // The head, and no pack.
        #expect(found.fullBytes == 5000 && found.deltaBytes == 3300)
    }

    @Test func namesFilesAndInWhatTheyDiffer() throws {
        var new = Sketch()
        new.files = ["bin/a": "A2", "bin/c": "b", "share/p": "p"]
        new.links = ["bin/l": "c"]
        new.executables = ["bin/a", "share/p"]
        let found = try compare(Sketch(), new)
        let files = Dictionary(uniqueKeysWithValues: found.changes.map { ($0.name, $0) })
        #expect(files.count == 5 && found.changes.allSatisfy { $0.kind == .file })
        #expect(found.changes.first?.name == "bin/a", "the dearest first")
        #expect(files["bin/a"]?.differences.map(\.name) == ["content"])
        #expect(files["bin/a"]?.bytesBefore == 100 && files["bin/a"]?.bytesAfter == 100)
        #expect(files["bin/b"]?.verb == .removed && files["bin/b"]?.cost == 0)
        #expect(files["bin/c"]?.verb == .added && files["bin/c"]?.cost == 0)
        #expect(files["bin/c"]?.sameAs?.text == "bin/b")
        #expect(files["share/p"]?.differences == [.init("mode", "0644", "0755")])
        #expect(files["bin/l"]?.differences == [.init("target", "a", "c")])
        #expect(found.deltaBytes == 3350)
    }

    @Test func namesAFileThatBecameALink() throws {
        var new = Sketch()
        new.files["bin/b"] = nil
        new.links["bin/b"] = "a"
        let change = try #require(try compare(Sketch(), new).changes.first)
        #expect(change.verb == .changed && change.differences.map(\.name) == ["type", "content", "mode", "target"])
        #expect(change.differences.last == .init("target", nil, "a"))
    }

    /// Two files of one content, and a file that is a layer, too: the first one pays.
    @Test func chargesAContentOnce() throws {
        var new = Sketch()
        new.files["bin/new"] = "X"
        new.files["bin/newer"] = "X"
        new.layers = ["l1", "X"]
        let found = try compare(Sketch(), new)
        #expect(found.changes.map(\.name) == ["bin/new", "bin/newer", "i"])
        #expect(found.changes.map(\.cost) == [50, 0, 0])
        #expect(found.deltaBytes == 3350)
    }

    @Test func namesLayers() throws {
        var new = Sketch()
        new.layers = ["l1", "l3"]
        let change = try #require(try compare(Sketch(), new).changes.first)
        #expect(change.kind == .image && change.verb == .changed && change.cost == 50)
        #expect(change.differences.map(\.name) == ["layers"])
        #expect(change.parts.map(\.verb) == [.added, .removed])
        #expect(change.parts.map(\.name) == [Sketch.digest("l3"), Sketch.digest("l2")].map { "sha256:\($0.hex)" })
        #expect(change.parts.map(\.cost) == [50, 0])
        new.layers = ["l2", "l1"]
        #expect(try compare(Sketch(), new).changes.first?.parts.isEmpty == true, "another order, the same layers")
    }

    @Test func namesWhatTheManifestSays() throws {
        var new = Sketch()
        new.services = [
            "s": Service(run: ["x", "-v"], strategy: .recreate), "t": Service(run: [], strategy: .recreate),
        ]
        new.values = ["log.level": "\"debug\"", "port": "80"]
        new.templates = ["t": "bin/a", "u": "share/p"]
        new.files["share/p"] = "other"
        new.summary = "about"
        new.documents = ["docs/UPGRADE.md": "new"]
        let found = try compare(Sketch(), new).changes.filter { $0.kind != .file }
        let names = found.map { "\($0.verb) \($0.kind) \($0.name) \($0.differences.map(\.name))" }
        #expect(
            names == [
                #"changed document docs/UPGRADE.md ["content"]"#, #"changed service s ["run"]"#, "added service t []",
                "added template t []", #"changed template u ["content"]"#, #"changed value log.level ["value"]"#,
                #"added value port ["value"]"#, #"added setting summary ["value"]"#,
            ])
        #expect(found.first?.cost == 3)
        #expect(found.first { $0.name == "log.level" }?.differences == [.init("value", "\"info\"", "\"debug\"")])
    }

    @Test func saysWhatAHostLacks() throws {
        let new = try Sketch().release()
        let held = new.packedContents.subtracting([Sketch.digest("b"), Sketch.digest("l2")])
        let found = ReleaseComparison(.contents(held), new)
        #expect(found.changes.map(\.name) == ["bin/b", "i"] && found.changes.allSatisfy { $0.verb == .lacking })
        #expect(found.changes.last?.parts.map(\.name) == ["sha256:\(Sketch.digest("l2").hex)"])
        #expect(found.unchanged == [.file: 2] && found.unpackedBefore == nil)
        #expect(found.deltaBytes == 3400)
        #expect(ReleaseComparison(.contents(new.packedContents), new).changes.isEmpty)
    }

    /// What NEW leaves out and OLD has not costs nobody knows how much.
    @Test func doesNotGuess() throws {
        var delta = Sketch()
        delta.files["bin/n"] = "needed"
        delta.needed = ["needed"]
        let found = try compare(Sketch(), delta)
        #expect(found.unknownCosts == 1 && found.deltaBytes == nil && found.fullBytes == nil)
        #expect(try compare(delta, delta).deltaBytes == 3300)
        var other = Sketch()
        other.arch = .arm64
        let across = try compare(Sketch(), other)
        #expect(across.deltaBytes == nil && across.fullBytes == 5000)
        #expect(across.changes.map(\.name) == ["arch"])
        var blind = Sketch()
        blind.values = nil
        #expect(try !compare(Sketch(), blind).comparesValues)
        #expect(try compare(Sketch(), blind).changes.isEmpty)
    }
}
