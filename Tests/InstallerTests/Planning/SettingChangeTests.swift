// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Installer

@Suite struct SettingChangeTests {
    private func changes(_ old: String?, _ new: String?) -> [String] {
        SettingChange.list(
            from: SiteFiles(values: old.map { Array($0.utf8) }), to: SiteFiles(values: new.map { Array($0.utf8) })
        ).map { "\($0.file) \($0.key): \($0.before ?? "-") -> \($0.after ?? "-")" }
    }

    @Test(
        "names the keys that say something else",
        arguments: [
            (nil, "a: 1", ["values.yaml a: - -> 1"]),
            ("a: 1", nil, ["values.yaml a: 1 -> -"]),
            ("# x\na: 1\nb: {c: [x, y]}", "b:\n  c:\n    - x\n    - z\na: 1  # y", ["values.yaml b.c[1]: y -> z"]),
            ("a: []", "a: [1]", ["values.yaml a: [] -> -", "values.yaml a[0]: - -> 1"]),
            ("a: 1", "a: [", ["values.yaml : - -> no document", "values.yaml a: 1 -> -"]),
            ("# nothing", nil, []), (nil, nil, []), ("a: \"1\"", "a: 1", []),
        ] as [(String?, String?, [String])])
    func named(_ old: String?, _ new: String?, _ expected: [String]) {
        #expect(changes(old, new) == expected)
    }

    @Test func eachFileForItself() {
        let found = SettingChange.list(
            from: SiteFiles(values: Array("a: 1".utf8), host: Array("keep: 2".utf8)),
            to: SiteFiles(values: Array("a: 1".utf8), host: Array("keep: 3".utf8)))
        #expect(found == [SettingChange(file: "host.yaml", key: "keep", before: "2", after: "3")])
    }
}
