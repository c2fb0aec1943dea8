// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// One system call, as a line of `strace -f -y -xx` tells it: paths and data are `\xHH` throughout, so that no byte of
/// theirs is taken for a comma.
struct StraceCall {
    let thread: Int
    let name: String
    /// As they stand there.
    let arguments: [Substring]
    /// What it returned; negative for an error, nil when it never did.
    let result: Int?
    /// Among the calls of its name, from 1: strace's `when=`.
    var number = 0
    /// Who asks for it, where the log says so (sites.py).
    var site: String?

    init?(_ line: Substring) {
        guard let space = line.firstIndex(of: " "), let thread = Int(line[..<space]) else { return nil }
        let call = line[space...].drop { $0 == " " }
        // `-1 ENOENT (No such …)` has a parenthesis of its own, `= ?` is a call that never came back.
        guard let open = call.firstIndex(of: "("), let close = call.firstIndex(of: ")") else { return nil }
        self.thread = thread
        name = String(call[..<open])
        arguments = StraceCall.split(call[call.index(after: open)..<close])
        result = call.split(separator: ") = ").last.flatMap { Int($0.prefix { $0 == "-" || $0.isNumber }) }
    }

    private static func split(_ text: Substring) -> [Substring] { text.split(separator: ", ") }

    /// The path behind a descriptor: `4<\x2f…>`.
    func place(_ index: Int) -> HostPath? {
        guard index < arguments.count, let start = arguments[index].firstIndex(of: "<") else { return nil }
        return HostPath(String(decoding: StraceCall.bytes(arguments[index][start...]), as: UTF8.self))
    }

    /// A path that was given, by the directory that it was given with.
    func path(_ index: Int, in directory: Int? = nil) -> HostPath? {
        guard index < arguments.count, arguments[index].first == "\"" else { return nil }
        let text = String(decoding: StraceCall.bytes(arguments[index]), as: UTF8.self)
        if text.hasPrefix("/") { return HostPath(text) }
        return directory.flatMap { place($0) }.map { $0 / text }
    }

    func descriptor(_ index: Int) -> Int? { Int(arguments[index].prefix { $0.isNumber }) }
    func data(_ index: Int) -> [UInt8] { StraceCall.bytes(arguments[index]) }
    func flags(_ index: Int) -> Set<Substring> {
        index < arguments.count ? Set(arguments[index].split(separator: "|")) : []
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let escape = rest.firstIndex(of: UInt8(ascii: "\\")) {
            let digits = rest[rest.index(escape, offsetBy: 2)...].prefix(2)
            bytes.append(UInt8(Substring(digits), radix: 16) ?? 0)
            rest = rest[digits.endIndex...]
        }
        return bytes
    }
}
