// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Glibc

/// Asks for a password on the terminal, showing nothing of it.
enum PasswordPrompt {
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// - Throws: `ExitStatus.interrupted` for Ctrl-C, SIGTERM, SIGHUP and for the end of the input.
    static func ask(_ prompt: String, _ console: Console) throws -> SecretBytes {
        defer { console.say("") }
        guard let terminal = SilentTerminal() else { throw KeyError.noTerminal(for: prompt) }
        console.begin("\(prompt): ")
        var line = TypedLine()
        defer { line.wipe() }
        while let byte = terminal.next() {
            switch byte {
            case 10, 13: return try line.secret()
            case 3, 4: throw ExitStatus.interrupted
            case 8, 127: line.removeCharacter()
            case 21: line.removeAll()
            default:
                guard line.append(byte) else { throw KeyError.noTerminal(for: prompt) }
            }
        }
        throw ExitStatus.interrupted
    }
}

/// What was typed so far, in one place: it never grows, and what was taken back is zeros at once.
struct TypedLine {
    private var bytes = [UInt8](repeating: 0, count: 1024)
    private(set) var count = 0

    /// - Returns: whether there was room.
    mutating func append(_ byte: UInt8) -> Bool {
        guard count < bytes.count else { return false }
        bytes[count] = byte
        count += 1
        return true
    }

    /// One character of UTF-8: its last byte and the continuation bytes before it.
    mutating func removeCharacter() {
        while count > 0 {
            count -= 1
            let last = bytes[count]
            bytes[count] = 0
            if last & 0xc0 != 0x80 { return }
        }
    }

    mutating func removeAll() { wipe() }

    func secret() throws -> SecretBytes {
        try SecretBytes(count: count) { target in
            bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    mutating func wipe() {
        SecretBytes.wipe(&bytes)
        count = 0
    }
}
