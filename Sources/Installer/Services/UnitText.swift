// SPDX-License-Identifier: Apache-2.0

/// The text of one unit file: sections and directives in the order in which they were added. Every byte that goes in is
/// checked or quoted here, so no value can become a directive of its own.
package struct UnitText: Equatable, Sendable {
    /// The unit's file name.
    package let name: String
    private var sections: [(name: String, lines: [String])] = []

    package init(name: String) { self.name = name }

    package static func == (left: UnitText, right: UnitText) -> Bool {
        left.name == right.name && left.text == right.text
    }

    /// Adds `Directive=value` as it stands: for constants, and for values that their own quoting has made safe.
    package mutating func add(_ section: String, _ directive: String, _ value: String) throws(UnitError) {
        guard UnitText.isOneLine(value) else { throw .badText(unit: name, text: value) }
        let line = "\(directive)=\(value)"
        if let index = sections.firstIndex(where: { $0.name == section }) {
            sections[index].lines.append(line)
        } else {
            sections.append((section, [line]))
        }
    }

    /// Every unit of ours begins with a line that says so.
    static func isOurs(_ bytes: [UInt8]) -> Bool { bytes.starts(with: Array("# Written by bundle".utf8)) }

    package var text: String {
        var text = "# Written by bundle and replaced by the next release; site changes belong into \(name).d/*.conf\n"
        for section in sections {
            text += "\n[\(section.name)]\n"
            for line in section.lines { text += line + "\n" }
        }
        return text
    }

    /// All `Directive=value` lines of a section, in order.
    package func lines(of section: String) -> [String] { sections.first { $0.name == section }?.lines ?? [] }

    /// systemd.syntax(7): no control character survives; a backslash at the end would join the next line.
    static func isOneLine(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } && !value.hasSuffix("\\")
    }

    /// One word of a directive that takes several, as systemd reads it back: quotes and backslashes escaped, `%` doubled
    /// because it starts a specifier. A plain word stays as it is, for the reader.
    static func word(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=,+@".utf8.contains(byte)
            }
        }
        if plain, !text.isEmpty { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": quoted += "\\\(character)"
            case "%": quoted += "%%"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    /// A command line for `Exec…=`. The `:` keeps systemd from expanding `$` (systemd.service(5), since 244), so what the
    /// release wrote is what the program gets.
    func commandLine(_ argv: [String], prefix: String = ":") throws(UnitError) -> String {
        guard let program = argv.first, program.hasPrefix("/") else {
            throw .badProgram(unit: name, program: argv.first ?? "")
        }
        for word in argv where !word.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) {
            throw .badText(unit: name, text: word)
        }
        return prefix + argv.map(UnitText.word).joined(separator: " ")
    }
}
