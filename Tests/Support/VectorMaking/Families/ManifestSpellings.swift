// SPDX-License-Identifier: Apache-2.0
import TestSupport

/// Manifests, signed by the right key, that are not in the one spelling or not of the one shape (format §6).
enum ManifestSpellings {
    static func vectors() throws -> [Vector] {
        func spelled(_ name: String, rows: [Int] = [18], _ about: String, _ change: @escaping (inout [UInt8]) -> Void)
            throws -> Vector
        {
            try Sample.made("json-" + name, .json, rows, about) { $0.changeManifestBytes = change }
        }
        func swapped(_ name: String, rows: [Int] = [18], _ about: String, _ old: String, _ new: String) throws
            -> Vector
        {
            try spelled(name, rows: rows, about) { $0.exchange(old, new) }
        }
        let bake = "\"bake\": 60000"
        return [
            try swapped(
                "twice", "A key is there twice.", " \"arch\": \"amd64\",\n",
                " \"arch\": \"amd64\",\n \"arch\": \"amd64\",\n"),
            try swapped(
                "twice-differing", "A key is there twice and says two things.", " \"arch\": \"amd64\",\n",
                " \"arch\": \"arm64\",\n \"arch\": \"amd64\",\n"),
            try swapped(
                "unknown", "A key that no reader knows.", " \"cutover\": {", " \"critical\": true,\n \"cutover\": {"),
            try swapped(
                "hooks", rows: [32], "A key for scripts to run at installation.", " \"images\": {},",
                " \"hooks\": [\n  \"install.sh\"\n ],\n \"images\": {},"),
            try swapped("fraction", "A number with a fraction.", bake, "\"bake\": 60000.0"),
            try swapped("exponent", "A number with an exponent.", bake, "\"bake\": 6e4"),
            try swapped("leading-zero", "A number with a leading zero.", bake, "\"bake\": 060000"),
            try swapped("minus-zero", "Minus zero.", bake, "\"bake\": -0"),
            try swapped("plus", "A number with a plus.", bake, "\"bake\": +60000"),
            try swapped("2-63", rows: [16, 18], "The number 2^63.", bake, "\"bake\": 9223372036854775808"),
            try swapped(
                "2-64", rows: [16, 18], "2^64 + 60000, which is 60000 in 64 bits.", bake,
                "\"bake\": 18446744073709611616"),
            try swapped("text-for-number", "A text where a number must be.", bake, "\"bake\": \"60000\""),
            try swapped("null", "A key whose value is null.", bake, "\"bake\": null"),
            try spelled("mark", "A byte order mark before the document.") { $0 = [0xef, 0xbb, 0xbf] + $0 },
            try spelled("trailing", "A second value behind the first.") { $0 += Array("{}\n".utf8) },
            try spelled("two-lf", "A second LF at the end.") { $0.append(10) },
            try spelled("no-lf", "No LF at the end.") { $0.removeLast() },
            try spelled("crlf", "Lines end in CR LF.") { $0 = $0.flatMap { $0 == 10 ? [13, 10] : [$0] } },
            try swapped("space", "A space behind a line.", "\"arch\": \"amd64\",\n", "\"arch\": \"amd64\", \n"),
            try swapped("no-space", "No space behind a colon.", "\"arch\": ", "\"arch\":"),
            try spelled("tabs", "Lines are indented by tabs.") {
                $0.textLines = $0.textLines.map { line in line.map { $0 == 32 ? 9 : $0 } }
            },
            try swapped(
                "unsorted", "Two keys are not in their order.", "  \"bake\": 60000,\n  \"drain\": 30000,",
                "  \"drain\": 30000,\n  \"bake\": 60000,"),
            try swapped("comment", "A comment.", " \"arch\"", " // the processor\n \"arch\""),
            try swapped(
                "comma", "A comma behind the last element.", "   \"{{ bin }}/web\"\n", "   \"{{ bin }}/web\",\n"),
            try swapped("escaped-slash", "A slash that is escaped without need.", "\"bin/www\"", "\"bin\\/www\""),
            try swapped("escaped-letter", "A letter that is written as \\u0062.", "\"bin/www\"", "\"\\u0062in/www\""),
            try swapped(
                "nul", rows: [18, 29], "A NUL in a text, escaped.", "\"{{ bin }}/web\"", "\"{{ bin }}/web\\u0000\""),
            try swapped("surrogate", "Half of a surrogate pair.", "\"{{ bin }}/web\"", "\"{{ bin }}/\\ud800\""),
            try spelled("not-utf8", rows: [29], "A text that is not UTF-8.") {
                $0.exchange(Array("}}/web".utf8), Array("}}/we".utf8) + [0xff])
            },
            try swapped(
                "control", rows: [29], "A control character that is not escaped.", "\"{{ bin }}/web\"",
                "\"{{ bin }}/web\u{1}\""),
            try swapped(
                "deep", rows: [17], "Lists in one another, 40 deep.", "  \"commands\": [],",
                "  \"commands\": " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + ","),
            try swapped("missing", "A key that must be there is missing.", " \"networks\": {},\n", ""),
            try spelled("empty", "The manifest is empty.") { $0 = [] },
            try spelled("list", "The manifest is a list.") { $0 = Array("[]\n".utf8) },
            try spelled("cut", rows: [3], "The manifest ends in its middle.") { $0 = Array($0.prefix(400)) },
        ]
    }
}
