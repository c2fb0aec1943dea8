// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What a program prints on one stream: the first MiB is kept, the rest is read and dropped, so that a program which
/// prints without end neither fills our memory nor waits for us.
struct ProgramOutput {
    static let limit = 1 << 20

    /// Reads until every writer has closed the pipe, or until the program has ended and the pipe is empty: what a
    /// program leaves running behind it (podman's conmon) keeps its standard output open for hours.
    static func collect(_ end: PipeEnd, until ended: Ended) throws -> [UInt8] {
        var kept: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let last = ended.isSet
            var wait = pollfd(fd: end.descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, last ? 0 : 20)
            if ready == 0 && last { return kept }
            if ready <= 0 { continue }
            let count = read(end.descriptor, &buffer, buffer.count)
            if count == 0 { return kept }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw SystemCallError(call: "read", path: "pipe", code: errno)
            }
            kept.append(contentsOf: buffer[..<min(count, limit - kept.count)])
        }
    }
}
