// SPDX-License-Identifier: Apache-2.0
import Testing
import YAMLDocuments

private func parse(_ text: String) throws(YAMLError) -> YAMLNode {
    try YAMLDocument.parse(Array(text.utf8), file: "f")
}

private func at(_ line: Int, _ column: Int) -> Place { Place(file: "f", line: line, column: column) }

@Suite("A document in YAML")
struct YAMLDocumentTests {
    @Test(
        "resolves plain scalars by the core schema of YAML 1.2",
        arguments: [
            ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("true", .bool(true)),
            ("False", .bool(false)), ("~", .null), ("null", .null), ("12", .int(12)), ("-3", .int(-3)),
            ("0x1F", .int(31)), ("0o17", .int(15)), ("017", .int(17)), ("0x-1", .string("0x-1")),
            ("1_000", .string("1_000")), ("1.5", .float(1.5)), ("1.", .float(1)), (".5e1", .float(5)),
            ("1e", .string("1e")), ("2026-11-01", .string("2026-11-01")), ("200%", .string("200%")),
            ("\"12\"", .string("12")), ("'true'", .string("true")), ("!!str 12", .string("12")),
            ("10:30", .string("10:30")),
            ("99999999999999999999", .float(1e20)), ("=", .string("=")),
        ] as [(String, YAMLScalar.Value)])
    func scalars(_ text: String, _ value: YAMLScalar.Value) throws {
        #expect(try parse("a: \(text)")["a"]?.scalar?.value == value)
    }

    @Test("keeps order and places")
    func places() throws {
        let node = try parse("b: 1\na:\n  - x\n  - {k: v}\n")
        #expect(node.mapping?.map(\.name) == ["b", "a"])
        #expect(node.mapping?[1].key.place == at(2, 1))
        #expect(node["a"]?.sequence?[1]["k"]?.place == at(4, 9))
    }

    @Test("reads a text without nodes as null", arguments: ["", "# only a comment\n", "---\n", "\u{feff}"])
    func empty(_ text: String) throws {
        #expect(try parse(text).isNull)
    }

    @Test("reads short texts, which have no heap storage to point to")
    func short() throws {
        #expect(try parse("a: b")["a"]?.string == "b")
    }

    @Test(
        "is refused with its place",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", .duplicateKey(at(3, 1), key: "a", first: at(1, 1))),
            ("{a: 1, b: 2, \"a\": 3}", .duplicateKey(at(1, 14), key: "a", first: at(1, 2))),
            ("a: 1\na: 2\na: 3\n", .duplicateKey(at(2, 1), key: "a", first: at(1, 1))),
            ("x:\n  é: 1\n  é: 2\n", .duplicateKey(at(3, 3), key: "é", first: at(2, 3))),
            ("a: &x 1\n", .anchor(at(1, 4))), ("a: *x\n", .anchor(at(1, 4))),
            ("a: &x 1\nb: *x\n", .anchor(at(1, 4))), ("&k a: 1\n", .anchor(at(1, 1))),
            ("a: !ruby/object 1\n", .tag(at(1, 4), tag: "!ruby/object")),
            ("a: !!int \"1\"\n", .tag(at(1, 4), tag: "tag:yaml.org,2002:int")),
            ("a: !x [1]\n", .tag(at(1, 4), tag: "!x")), ("[a]: 1\n", .complexKey(at(1, 1))),
            ("a: 1\n---\nb: 2\n", .manyDocuments(at(2, 1))),
        ] as [(String, YAMLError)])
    func refused(_ text: String, _ error: YAMLError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test("takes ampersands and asterisks that are only text")
    func text() throws {
        let node = try parse("a: [sh, -c, \"x && y *\"]\nb: docs/*.md\n\"*.a\": salt & pepper\n")
        #expect(node["*.a"]?.string == "salt & pepper")
    }

    @Test("ends at once on aliases that would unfold into billions of nodes, as a key too")
    func laughs() {
        var text = "a0: &a0 [x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a60\n: 1\n"
        #expect(throws: YAMLError.anchor(at(1, 5))) { try parse(text) }
    }

    @Test("ends before nesting could exhaust a stack", arguments: [65, 900, 100_000])
    func deep(_ depth: Int) {
        #expect(throws: YAMLError.self) { try parse(String(repeating: "[", count: depth)) }
        #expect(throws: YAMLError.self) {
            try parse(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
    }

    @Test("takes 64 levels")
    func levels() throws {
        _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        #expect(throws: YAMLError.tooDeep(at(1, 65))) {
            try parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
        }
    }

    @Test("refuses bytes that are not UTF-8, control characters and a size past the limit")
    func bytes() {
        #expect(throws: YAMLError.notUTF8(file: "f", offset: 3)) {
            try YAMLDocument.parse(Array("a: ".utf8) + [0xff], file: "f")
        }
        let overlong: [UInt8] = [0xc0, 0x80]
        #expect(throws: YAMLError.notUTF8(file: "f", offset: 0)) { try YAMLDocument.parse(overlong, file: "f") }
        #expect(throws: YAMLError.syntax(at(2, 3), problem: "control characters are not allowed")) {
            try parse("a: 1\nb:\u{1}\n")
        }
        let large = [UInt8](repeating: 0x20, count: YAMLDocument.limitBytes + 1)
        #expect(throws: YAMLError.tooLarge(file: "f", bytes: large.count)) {
            try YAMLDocument.parse(large, file: "f")
        }
    }

    @Test("says where the syntax breaks")
    func syntax() {
        #expect {
            try parse("a: [1, 2\nb: 3\n")
        } throws: { error in
            guard case .syntax(let place, _)? = error as? YAMLError else { return false }
            return place.line == 2
        }
    }
}
