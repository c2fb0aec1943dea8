// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLinux
import Glibc

/// A program's standard input. A write waits until the program has taken the bytes: that is the back-pressure.
final class ProgramInput: ByteSink {
    private let end: PipeEnd
    private let ended: Ended
    /// Whether the program stopped reading before we stopped writing; its exit status then says why.
    private(set) var refused = false

    init(_ end: PipeEnd, ended: Ended) throws(SystemCallError) {
        self.end = end
        self.ended = ended
        guard bundle_set_nonblocking(end.descriptor) == 0 else {
            throw SystemCallError(call: "fcntl", path: "pipe", code: errno)
        }
        // Writing to a program that is gone must be an error here, not the end of this process. The mask is this
        // thread's own: ignoring SIGPIPE everywhere would be inherited by the programs that we start.
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &mask, nil)
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = Glibc.write(end.descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                written += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN where !ended.isSet:
                var wait = pollfd(fd: end.descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, 50)
            case EAGAIN, EPIPE:
                refused = true
                throw SystemCallError(call: "write", path: "pipe", code: EPIPE)
            default: throw SystemCallError(call: "write", path: "pipe", code: errno)
            }
        }
    }
}
