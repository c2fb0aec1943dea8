// SPDX-License-Identifier: Apache-2.0

/// The lines of a minisign file: comments and base64 in turn (trust §2, §3). Only ASCII line ends; a last line may lack
/// one, `\r\n` is taken where people's files come in, and nothing may follow.
struct MinisignText {
    static let untrusted = Array("untrusted comment: ".utf8)
    static let trusted = Array("trusted comment: ".utf8)
    /// minisign's own limits, so that nothing larger is ever looked at.
    static let maximumBytes = 16 * 1024

    let lines: [ArraySlice<UInt8>]

    init(_ bytes: [UInt8], lineCount: Int) throws(MinisignTextError) {
        guard bytes.count <= Self.maximumBytes else { throw MinisignTextError(.tooLong(bytes: bytes.count)) }
        var found = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if found.last?.isEmpty == true { found.removeLast() }
        guard found.count == lineCount else {
            throw MinisignTextError(.lineCount(expected: lineCount, found: found.count))
        }
        lines = found.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    }

    /// What stands behind the prefix of a comment line: UTF-8 without control bytes but tab, because it is shown to
    /// people.
    func comment(line: Int, prefix: [UInt8]) throws(MinisignTextError) -> String {
        let bytes = lines[line - 1]
        guard bytes.starts(with: prefix), let text = String(validating: bytes.dropFirst(prefix.count), as: UTF8.self),
            text.unicodeScalars.allSatisfy({ Self.isShown($0) })
        else { throw MinisignTextError(.comment(line: line)) }
        return text
    }

    /// Neither controls nor the marks that reorder or hide text on a terminal.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\t"
        case .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}

/// Carries the fault up to the file's reader, which knows which kind of file it is.
struct MinisignTextError: Error {
    let fault: MinisignFault

    init(_ fault: MinisignFault) { self.fault = fault }
}
