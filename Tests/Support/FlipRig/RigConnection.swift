// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One connection that reads until the other side closes.
struct RigConnection {
    let to: RigAddress

    init(to address: RigAddress) { to = address }

    /// The answer, or `refused`, `reset`, `timeout`, `empty`, `errno N`.
    func open(seconds: Int) -> String {
        let descriptor = socket(to.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return RigConnection.word(errno) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard to.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else { return RigConnection.word(errno) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return RigConnection.word(errno) }
            if count == 0 { return answer.isEmpty ? "empty" : String(decoding: answer, as: UTF8.self) }
            answer += buffer[..<count]
        }
    }

    static let failures: Set<String> = ["refused", "reset", "timeout", "empty"]

    private static func word(_ code: Int32) -> String {
        switch code {
        case ECONNREFUSED: "refused"
        case ECONNRESET: "reset"
        case EAGAIN, EINPROGRESS, ETIMEDOUT: "timeout"
        default: "errno \(code)"
        }
    }
}
