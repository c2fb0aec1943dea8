// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostRecords

/// The only printer: answers go to stdout, words for people to stderr. Text that came from outside is made safe first.
struct Console: Sendable {
    let json: Bool

    init(json: Bool = false) { self.json = json }

    /// The answer of a command, on stdout.
    func answer(_ text: String) { answer(bytes: Array((text.hasSuffix("\n") ? text : text + "\n").utf8)) }

    /// Bytes as they are, on stdout.
    func answer(bytes: [UInt8]) {
        TransientRun.log?.append(.answer(String(decoding: bytes, as: UTF8.self)))
        ProgressScreen.shared.clear()
        bytes.withUnsafeBytes { _ = writeAll($0, to: STDOUT_FILENO) }
    }

    /// A line for people, on stderr.
    func say(_ text: String) { write(ProgressScreen.shared.around(text + "\n"), as: text + "\n") }

    /// How far a run is: shown here, or by whoever follows it.
    func show(_ progress: RunProgress) {
        if let log = TransientRun.log { log.append(.progress(progress)) } else { ProgressScreen.shared.show(progress) }
    }

    /// What a run of another process said, here.
    func replay(_ line: RunLine) {
        switch line {
        case .answer(let text): answer(bytes: Array(text.utf8))
        case .words(let text): write(ProgressScreen.shared.around(text), to: STDERR_FILENO)
        case .progress(let progress): show(progress)
        default: break
        }
    }

    /// A line that the next one is written over.
    func redraw(_ text: String, ends: Bool) { write("\r\u{1B}[K\(text)" + (ends ? "\n" : ""), to: STDERR_FILENO) }

    /// The beginning of a line on stderr: a question whose answer follows on it.
    func begin(_ text: String) { write(Console.printable(text), to: STDERR_FILENO) }

    /// A warning: something that stops nothing.
    func warn(_ text: String) { say("bundle: warning: \(Console.printable(text))") }

    /// A warning that programs may look for, by a code that never changes; said once in a run.
    func warn(code: String, _ text: String) {
        guard CodedWarnings.shared.add(code, Console.printable(text)) else { return }
        say("bundle: warning[\(code)]: \(Console.printable(text))")
    }

    /// A warning of each of what may be very many, the first ones alone.
    ///
    /// - Parameter more: the words for so many that are left.
    func warn<Each>(ofEach all: [Each], more: (Int) -> String, _ words: (Each) -> String) {
        for text in Console.first(of: all, more: more, words) { warn(text) }
    }

    /// One line each.
    static func first<Each>(of all: [Each], more: (Int) -> String, _ words: (Each) -> String) -> [String] {
        let shown = all.prefix(20).map { line(words($0)) }
        return all.count > shown.count ? shown + [more(all.count - shown.count)] : shown
    }

    /// `bundle: error: …`, then `bundle: hint: …`; with --json also one `exit_error` object on stdout.
    func fail(_ explanation: Explanation) {
        say("bundle: error: \(Console.printable(explanation.message))")
        if let hint = explanation.hint { say("bundle: hint: \(Console.printable(hint))") }
        guard json else { return }
        var pairs =
            "\"exit_status\": \(explanation.status.rawValue), \"message\": \(Console.quoted(explanation.message))"
        if let hint = explanation.hint { pairs += ", \"hint\": \(Console.quoted(hint))" }
        answer("{\"exit_error\": {\(pairs)}}")
    }

    /// Asks a person; anything but `y` or `yes` is no. A run in a unit asks by way of the terminal that began it.
    func ask(_ question: String) -> Bool {
        if let log = TransientRun.log { return RunQuestion(log: log).ask(question) }
        write(question, to: STDERR_FILENO)
        let answer = readLine() ?? ""
        return ["y", "yes"].contains(answer.lowercased())
    }

    func answer(json document: JSONValue) {
        answer(bytes: CanonicalJSON.write(CodedWarnings.shared.added(to: document)))
    }

    /// Whether there is a person to ask.
    static var isInteractive: Bool { TransientRun.asks || hasTerminal }

    static var hasTerminal: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    static var answersToTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// `812 KiB`, `14 MiB`: whole numbers, rounded up, so that nothing is none.
    static func size(_ bytes: Int64) -> String {
        let kibibytes = (bytes + 1023) >> 10
        return kibibytes < 10_240 ? "\(kibibytes) KiB" : "\((kibibytes + 1023) >> 10) MiB"
    }

    /// Replaces control characters but newline and tab: a name in a bundle must not steer a terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let control =
                        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                    return control && scalar != "\n" && scalar != "\t" ? "?" : scalar
                }))
    }

    /// Text out of an image or a bundle that is one line, or a part of one: it must not begin another.
    static func line(_ text: String) -> String {
        printable(text).map { $0.isNewline || $0 == "\t" ? "?" : String($0) }.joined()
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in printable(text).unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private func write(_ text: String, as said: String) {
        TransientRun.log?.append(.words(said))
        write(text, to: STDERR_FILENO)
    }

    private func write(_ text: String, to descriptor: Int32) {
        var copy = text
        copy.withUTF8 { _ = writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if count < 0 {
                guard errno == EINTR else { return false }
            } else {
                done += count
            }
        }
        return true
    }
}
