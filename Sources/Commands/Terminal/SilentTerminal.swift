// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A terminal that echoes nothing, for as long as somebody types a secret. Whatever ends the typing, a signal too, the
/// terminal is as it was.
struct SilentTerminal: ~Copyable {
    private var before = termios()
    private var handlers: [(number: Int32, old: sigaction)] = []

    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// Set by the handler, which may do nothing else.
    static let interrupted = Atomic(false)

    /// The terminal's own line editing is off, so that Ctrl-C comes as a byte.
    /// - Returns: nil where standard input is no terminal.
    init?() {
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        Self.interrupted.store(false, ordering: .releasing)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in SilentTerminal.interrupted.store(true, ordering: .releasing) }
        for number in Self.signals {
            var old = sigaction()
            sigaction(number, &action, &old)
            handlers.append((number, old))
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }

    deinit {
        var before = before
        // What was typed ahead is thrown away: it may be the rest of a password.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
        for (number, old) in handlers {
            var old = old
            sigaction(number, &old, nil)
        }
    }

    /// The next byte; nil at the end of the input, and when a signal came.
    ///
    /// A signal may be taken by another thread, which does not wake a read here: so the flag is looked at now and then.
    func next() -> UInt8? {
        while !Self.interrupted.load(ordering: .acquiring) {
            var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count == 0 || errno != EINTR { return nil }
        }
        return nil
    }
}
