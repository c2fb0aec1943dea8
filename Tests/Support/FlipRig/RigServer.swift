// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Answers its name and closes: one thread a place, which is enough for tens of thousands of connections a second.
struct RigServer {
    let places: [RigAddress]

    func run() throws {
        let listeners = try places.map { place in (try RigServer.listen(place), place.name) }
        print("ready")
        fflush(nil)
        onThreads(listeners.count) { index in
            RigServer.answer(listeners[index].0, name: listeners[index].1)
        }
    }

    static func listen(_ place: RigAddress) throws -> Int32 {
        let listener = socket(place.family, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        if place.family == AF_INET6 {
            setsockopt(listener, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        guard place.withSocketAddress({ bind(listener, $0, $1) }) == 0, Glibc.listen(listener, 4096) == 0 else {
            throw RigError(text: "\(place.address)/\(place.port): \(errno)")
        }
        return listener
    }

    private static func answer(_ listener: Int32, name: String) {
        let bytes = Array(name.utf8)
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(connection)
        }
    }
}
