// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Glibc

/// Asks for a password on the terminal, showing nothing of it.
///
/// The terminal's own line editing is off, so that Ctrl-C comes as a byte: a signal would end the program with the
/// terminal left silent.
enum PasswordPrompt {
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// - Throws: `ExitStatus.interrupted` for Ctrl-C and for the end of the input.
    static func ask(_ prompt: String, _ console: Console) throws -> SecretBytes {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw KeyError.noTerminal(for: prompt) }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            console.say("")
        }
        console.begin("\(prompt): ")
        // Capacity for all of it: growing would leave copies behind.
        var typed: [UInt8] = []
        typed.reserveCapacity(limit)
        defer { SecretBytes.wipe(&typed) }
        while typed.count < limit {
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            switch (count, byte) {
            case (1, 10), (1, 13): return try SecretBytes(wiping: &typed)
            case (1, 3), (1, 4), (...0, _): throw ExitStatus.interrupted
            case (_, 8), (_, 127): removeCharacter(&typed)
            case (_, 21): typed.removeAll(keepingCapacity: true)
            default: typed.append(byte)
            }
        }
        throw KeyError.noTerminal(for: prompt)
    }

    private static let limit = 1024

    /// One character of UTF-8: its last byte and the continuation bytes before it.
    private static func removeCharacter(_ bytes: inout [UInt8]) {
        while let last = bytes.popLast(), last & 0xc0 == 0x80 {}
    }
}
