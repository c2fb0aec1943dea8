// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What came of a TCP connection that was tried.
package enum ConnectionAnswer: Equatable, Sendable {
    case connected
    /// Nobody listens, or a firewall says so.
    case refused
    /// Nothing came back: the way of firewalls that drop.
    case timedOut
    /// errno(3): a firewall's ICMP answer arrives as EHOSTUNREACH or EACCES.
    case failed(code: Int32)
}

/// Connects to many places at once, and leaves each at once; blocks.
package enum ConnectionAttempt {
    /// - Returns: one answer for each endpoint, in its order.
    package static func connect(to endpoints: [SocketEndpoint], milliseconds: Int) -> [ConnectionAnswer] {
        var answers = [ConnectionAnswer?](repeating: nil, count: endpoints.count)
        var waiting: [(index: Int, descriptor: Int32)] = []
        for (index, endpoint) in endpoints.enumerated() {
            switch begin(endpoint) {
            case .success(let descriptor): waiting.append((index, descriptor))
            case .failure(let error): answers[index] = answer(error.code)
            }
        }
        let end = now() + milliseconds
        while !waiting.isEmpty {
            var polled = waiting.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
            let left = end - now()
            // Asked once more when time is up: on a busy machine this thread may have waited longer than the network.
            if poll(&polled, nfds_t(polled.count), Int32(max(0, left))) < 0, errno != EINTR { break }
            for (place, entry) in zip(waiting, polled) where entry.revents != 0 {
                answers[place.index] = answer(fault(of: place.descriptor))
                close(place.descriptor)
            }
            waiting.removeAll { answers[$0.index] != nil }
            if left <= 0 { break }
        }
        for place in waiting { close(place.descriptor) }
        return answers.map { $0 ?? .timedOut }
    }

    private static func begin(_ endpoint: SocketEndpoint) -> Result<Int32, SystemCallError> {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(endpoint.isV6 ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { return .failure(SystemCallError(call: "socket", path: "", code: errno)) }
        let result = endpoint.withSocketAddress { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = SystemCallError(call: "connect", path: endpoint.description, code: errno)
            close(descriptor)
            return .failure(error)
        }
        return .success(descriptor)
    }

    private static func fault(of descriptor: Int32) -> Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    private static func answer(_ code: Int32) -> ConnectionAnswer {
        switch code {
        case 0: .connected
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timedOut
        default: .failed(code: code)
        }
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    }
}

extension SocketEndpoint {
    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { bytes -> Int in
            // Both begin with a family in the machine's order and a port in network order.
            bytes.storeBytes(of: sa_family_t(isV6 ? AF_INET6 : AF_INET), as: sa_family_t.self)
            bytes.storeBytes(of: UInt16(truncatingIfNeeded: port).bigEndian, toByteOffset: 2, as: UInt16.self)
            // sockaddr_in6 has its flow label before the address.
            let offset = isV6 ? 8 : 4
            for (index, byte) in address.enumerated() { bytes[offset + index] = byte }
            return isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        }
        return withUnsafePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
