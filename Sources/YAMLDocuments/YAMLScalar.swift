// SPDX-License-Identifier: Apache-2.0

/// A scalar by the core schema of YAML 1.2 §10.3: `yes`, `no`, `on`, `off`, `1_000` and `2026-11-01` are strings.
package struct YAMLScalar: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case null
        case bool(Bool)
        case int(Int)
        /// Also an integer too large for 64 bits.
        case float(Double)
        case string(String)
    }

    package let value: Value
    /// As written, quotes and escapes resolved.
    package let text: String

    /// - Parameter plain: written without quotes and not as a block, so that its type follows from its text.
    package init(text: String, plain: Bool) {
        self.text = text
        value = plain ? YAMLScalar.resolve(text) : .string(text)
    }

    private static func resolve(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> Value? {
        if text.hasPrefix("0o") || text.hasPrefix("0x") {
            let digits = text.dropFirst(2)
            // `Int(_, radix:)` would take a sign.
            guard let first = digits.first, first.isHexDigit else { return nil }
            return Int(digits, radix: text.hasPrefix("0o") ? 8 : 16).map(Value.int)
        }
        guard isDecimal(Substring(text)) else { return nil }
        if let whole = Int(text) { return .int(whole) }
        return Double(text.hasSuffix(".") ? text + "0" : text).map(Value.float)
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ text: Substring) -> Bool {
        func digits(_ rest: inout Substring) -> Int {
            let count = rest.utf8.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func sign(_ rest: inout Substring) {
            if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        }
        var rest = text
        sign(&rest)
        let whole = digits(&rest)
        var fraction = 0
        if rest.first == "." {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == "e" || rest.first == "E" {
            rest.removeFirst()
            sign(&rest)
            guard digits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }
}
