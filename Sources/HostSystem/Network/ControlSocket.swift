// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One question to a program that answers on a Unix socket and closes: HAProxy's way. Blocks, at most as long as it is told.
package enum ControlSocket {
    /// - Returns: all that came until the other side closed.
    /// - Throws: `SystemCallError`; ETIMEDOUT when it did not close in time.
    package static func ask(_ path: HostPath, _ question: String, milliseconds: Int = 5000) throws(SystemCallError)
        -> [UInt8]
    {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket", path) }
        defer { close(descriptor) }
        try connect(descriptor, path)
        var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        try send(descriptor, Array(question.utf8), path)
        shutdown(descriptor, Int32(SHUT_WR))
        return try receive(descriptor, path)
    }

    private static func connect(_ descriptor: Int32, _ path: HostPath) throws(SystemCallError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.text.utf8)
        // unix(7): 108 bytes with the closing zero.
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemCallError(call: "connect", path: path.text, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw failure("connect", path) }
    }

    private static func send(_ descriptor: Int32, _ bytes: [UInt8], _ path: HostPath) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw failure("send", path) }
            rest = rest.dropFirst(sent)
        }
    }

    private static func receive(_ descriptor: Int32, _ path: HostPath) throws(SystemCallError) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while answer.count < 16 << 20 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("recv", path) }
            if count == 0 { break }
            answer += buffer[..<count]
        }
        return answer
    }

    private static func failure(_ call: String, _ path: HostPath) -> SystemCallError {
        SystemCallError(call: call, path: path.text, code: errno == EAGAIN ? ETIMEDOUT : errno)
    }
}
