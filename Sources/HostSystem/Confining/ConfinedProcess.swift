// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A child of this same program that has confined itself, as its parent sees it: two streams, and its end. Used by one task at
/// a time; what is left of it goes when this object does.
package final class ConfinedProcess {
    /// How long neither a byte may come nor one be taken, twice over: a machine that slept in between has not hung.
    private let silenceMilliseconds: Int32
    private var process: pid_t
    /// A socket, which says EPIPE and sends no SIGPIPE.
    private let sending: Int32
    private let receiving: Int32
    private var hasEnded = false

    package enum Step {
        /// As many of the offered bytes were taken.
        case sent(Int)
        /// As many bytes came.
        case received(Int)
        /// It closed its output.
        case closed
        /// Nothing moved for as long as is allowed.
        case silent
    }

    /// How it ended.
    package enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signal(Int32)
    }

    /// - Parameter program: `/proc/self/exe`, but in tests.
    /// - Throws: `SystemCallError`.
    package static func start(_ program: HostPath, _ argv: [String], silenceSeconds: Int = 30) throws -> ConfinedProcess
    {
        var sockets: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &sockets) == 0 else {
            throw SystemCallError(call: "socketpair", path: "", code: errno)
        }
        let theirs = PipeEnd(sockets[1])
        let ours = PipeEnd(sockets[0])
        let answers = try PipeEnd.pair()
        // F_SETPIPE_SZ: four whole buffers of a decoder.
        _ = fcntl(answers.reading.descriptor, 1031, 1 << 20)
        guard bundle_set_nonblocking(answers.reading.descriptor) == 0, bundle_set_nonblocking(ours.descriptor) == 0
        else {
            throw SystemCallError(call: "fcntl", path: "", code: errno)
        }
        let process = try spawn(program, argv, input: theirs.descriptor, output: answers.writing.descriptor)
        return ConfinedProcess(process, ours.release(), answers.reading.release(), Int32(silenceSeconds) * 1000)
    }

    private init(_ process: pid_t, _ sending: Int32, _ receiving: Int32, _ silenceMilliseconds: Int32) {
        self.process = process
        self.sending = sending
        self.receiving = receiving
        self.silenceMilliseconds = silenceMilliseconds
    }

    deinit {
        end()
        close(sending)
        close(receiving)
    }

    private static func spawn(_ program: HostPath, _ argv: [String], input: Int32, output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // What a program says as it dies is not for a terminal: it could be what an attacker wrote.
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own, as all our programs: a terminal's Ctrl-C is for us. No signal is blocked or ignored.
        var none = sigset_t()
        var every = sigset_t()
        sigemptyset(&none)
        sigfillset(&every)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setflags(&attributes, 0x80 | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("LC_ALL=C.UTF-8"), nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program.text, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw SystemCallError(call: "posix_spawn", path: program.text, code: code) }
        return process
    }

    /// Waits until bytes come or the offered ones are taken, whichever is first; what comes goes first.
    /// - Parameter offered: may be empty.
    package func exchange(
        _ offered: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemCallError) -> Step {
        var silences = 0
        while true {
            var ends = [
                pollfd(fd: receiving, events: Int16(POLLIN), revents: 0),
                pollfd(fd: offered.isEmpty ? -1 : sending, events: Int16(POLLOUT), revents: 0),
            ]
            let ready = poll(&ends, 2, silenceMilliseconds)
            if ready < 0, errno != EINTR { throw SystemCallError(call: "poll", path: "", code: errno) }
            if ready == 0 {
                silences += 1
                if silences == 2 { return .silent }
            }
            if ready > 0, ends[0].revents != 0 {
                let count = read(receiving, buffer.baseAddress, buffer.count)
                if count >= 0 { return count == 0 ? .closed : .received(count) }
                if errno != EINTR, errno != EAGAIN { throw SystemCallError(call: "read", path: "", code: errno) }
            }
            if ready > 0, ends[1].revents != 0 {
                let count = send(sending, offered.baseAddress, offered.count, Int32(MSG_NOSIGNAL))
                if count >= 0 { return .sent(count) }
                // It is gone: its output, which is read to the end, and its status say why.
                if errno == EPIPE || errno == ECONNRESET { return drain(into: buffer) }
                if errno != EINTR, errno != EAGAIN { throw SystemCallError(call: "send", path: "", code: errno) }
            }
        }
    }

    private func drain(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        var end = pollfd(fd: receiving, events: Int16(POLLIN), revents: 0)
        while poll(&end, 1, silenceMilliseconds) < 0, errno == EINTR {}
        let count = read(receiving, buffer.baseAddress, buffer.count)
        return count > 0 ? .received(count) : .closed
    }

    /// Ends it, whatever it does, and takes its status.
    @discardableResult
    package func end() -> Ending { settle(killing: true) }

    /// The status of one that closed its streams, and is ending.
    package func ending() -> Ending { settle(killing: false) }

    private var known = Ending.exited(0)

    private func settle(killing: Bool) -> Ending {
        guard !hasEnded else { return known }
        // Not reaped yet, so the number is its own. Its worker dies with it.
        if killing { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { break }
        }
        hasEnded = true
        // The one that waits passes a signal on as 128 and its number.
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
        known = code > 128 ? .signal(code - 128) : .exited(code)
        return known
    }
}
