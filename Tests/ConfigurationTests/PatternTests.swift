// SPDX-License-Identifier: Apache-2.0

import Configuration
import Testing

struct PatternTests {
    @Test(arguments: [
        ("^a*$", "aaa", true), ("^a*$", "aab", false), ("a+", "xxaayy", true), ("^(ab|cd){2,3}$", "abcdab", true),
        ("^(ab|cd){2,3}$", "ab", false), ("^[^0-9-]+$", "abc", true), ("^[^0-9-]+$", "a-c", false),
        ("^\\p{Letter}+$", "πράξη", true), ("^\\p{L}+$", "a1", false), ("\\bcat\\b", "a cat!", true),
        ("\\bcat\\b", "concat", false), ("^\\u0041\\x42$", "AB", true), ("^.$", "\n", false), ("^a??b$", "ab", true),
        ("^(?:a|b)+?$", "abab", true), ("^[\\w.-]+$", "a_b.c-d", true), ("^$", "", true), ("(a|)*b", "b", true),
        ("^\\D$", "٣", true), ("^[a-f]{0}$", "", true), ("x{2,}", "axxx", true), ("^[]$", "", false),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        ("(a", PatternFault.unclosed("(")), ("a)", .unexpected(")")), ("[a", .unclosed("[")), ("*a", .unexpected("*")),
        ("a\\", .endsInside), ("[z-a]", .badRange), ("a{3,2}", .badRange), ("(?=a)", .unsupported("(?=")),
        ("\\1", .unsupported("\\1")), ("\\p{Greek}", .unsupported("\\p{Greek}")), ("a{99999}", .tooLarge),
        ("((a{90}){90}){90}", .tooLarge), ("(){9999}", .tooLarge), ("a{", .unclosed("{")),
        (String(repeating: "(", count: 60), .tooLarge),
    ])
    func refuses(pattern: String, fault: PatternFault) {
        #expect(throws: fault) { try Pattern(pattern) }
    }

    /// A backtracking engine needs 2^30 steps here; the suite would never end.
    @Test(arguments: ["(a+)+$", "(a|a)*$", "(a*)*$", "(a?){40}a{40}$"])
    func isLinear(pattern: String) throws {
        let text = String(repeating: "a", count: 2000) + "!"
        #expect(try !Pattern("^" + pattern).matches(text))
    }
}
