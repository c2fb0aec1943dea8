// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem
import Testing

struct TCPTableTests {
    /// A listening socket and a connection to it, by the real kernel.
    final class Pair {
        let listener: Int32
        let client: Int32
        let port: Int

        init(v6: Bool, wildcard: Bool) throws {
            let family = v6 ? AF_INET6 : AF_INET
            listener = socket(family, Int32(SOCK_STREAM.rawValue), 0)
            client = socket(family, Int32(SOCK_STREAM.rawValue), 0)
            let listener = listener
            let client = client
            var bound: Int32
            var name = sockaddr_storage()
            var size: socklen_t
            if v6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_addr = wildcard ? in6addr_any : in6addr_loopback
                size = socklen_t(MemoryLayout<sockaddr_in6>.size)
                bound = withUnsafeBytes(of: &address) { Self.bind(listener, $0) }
            } else {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_addr.s_addr = wildcard ? 0 : in_addr_t(0x7f00_0001).bigEndian
                size = socklen_t(MemoryLayout<sockaddr_in>.size)
                bound = withUnsafeBytes(of: &address) { Self.bind(listener, $0) }
            }
            try #require(bound == 0)
            try #require(listen(listener, 4) == 0)
            let connected = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    getsockname(listener, address, &size)
                    return connect(client, address, size)
                }
            }
            try #require(connected == 0)
            port = withUnsafeBytes(of: name) { Int($0[2]) << 8 | Int($0[3]) }
        }

        deinit {
            close(client)
            close(listener)
        }

        private static func bind(_ descriptor: Int32, _ address: UnsafeRawBufferPointer) -> Int32 {
            address.withMemoryRebound(to: sockaddr.self) {
                Glibc.bind(descriptor, $0.baseAddress, socklen_t(address.count))
            }
        }
    }

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func realSockets(v6: Bool, wildcard: Bool) throws {
        let pair = try Pair(v6: v6, wildcard: wildcard)
        let table = try TCPTable.read()
        let listeners = table.listeners(port: pair.port)
        try #require(listeners.count == 1)
        #expect(listeners[0].local.isV6 == v6)
        #expect(listeners[0].local.isWildcard == wildcard)
        #expect(listeners[0].user == geteuid())
        let loopback: [UInt8] = v6 ? [UInt8](repeating: 0, count: 15) + [1] : [127, 0, 0, 1]
        let here = SocketEndpoint(address: loopback, port: pair.port)
        #expect(table.connections(to: here).count == 1)
        #expect(table.connections(to: here)[0].state == .established)

        let owner = SocketOwner.find([listeners[0].inode])[listeners[0].inode]
        #expect(owner?.process == getpid())
        withExtendedLifetime(pair) {}
    }

    @Test func closedConnectionsAreNotCounted() throws {
        let pair = try Pair(v6: false, wildcard: false)
        let here = SocketEndpoint(address: [127, 0, 0, 1], port: pair.port)
        func states() throws -> [TCPSocket.State] {
            try TCPTable.read().sockets.filter { $0.local == here && $0.state != .listen }.map(\.state)
        }
        let accepted = accept(pair.listener, nil, nil)
        #expect(try TCPTable.read().connections(to: here).count == 1)
        close(accepted)  // the service is done: FIN_WAIT2 without a holder
        // FIN_WAIT1 until the client's kernel has acknowledged. No suspension: the kernel keeps FIN_WAIT2 for a minute only,
        // and a machine full of tests may leave a suspended one waiting for longer.
        for _ in 0..<1000 where try states() != [.finWait2] { usleep(5000) }
        #expect(try states() == [.finWait2])
        #expect(try TCPTable.read().connections(to: here).isEmpty)
        withExtendedLifetime(pair) {}
    }

    /// Its addresses now find the socket that listens, and that one must live.
    @Test(.enabled(if: geteuid() == 0, "needs CAP_NET_ADMIN"), arguments: [false, true])
    func aConnectionThatHasEndedIsNotTheOneThatListens(v6: Bool) throws {
        let pair = try Pair(v6: v6, wildcard: false)
        let loopback: [UInt8] = v6 ? [UInt8](repeating: 0, count: 15) + [1] : [127, 0, 0, 1]
        let seen = try #require(try TCPTable.read().connections(to: .init(address: loopback, port: pair.port)).first)
        let accepted = accept(pair.listener, nil, nil)
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(accepted, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(accepted)
        #expect(TCPTable.cut(seen))
        #expect(try TCPTable.read().listeners(port: pair.port).count == 1)
        withExtendedLifetime(pair) {}
    }

    @Test func textOfTheKernel() {
        let v4 = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 014DFEA9:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 31337 1 0 100 0 0 10 0
               1: 014DFEA9:1F90 0100000A:C350 01 00000000:00000000 02:0000A1B2 00000000   998        0 31338 2 0 20 4 30 10 -1
               2: 014DFEA9:1F90 0100000A:C351 06 00000000:00000000 03:00000F1C 00000000     0        0 0 3 0
               3: garbage
            """
        let v6 = """
               0: 000077FD000000000000000002000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 7 1
               1: 0000000000000000FFFF0000014DFEA9:1F90 0000000000000000FFFF00000100000A:C352 08 00000000:00000000 00:00000000 00000000 0 0 9 1
            """
        let table = TCPTable(v4: v4, v6: v6)
        #expect(table.sockets.count == 5)
        let blue = SocketEndpoint(address: [169, 254, 77, 1], port: 8080)
        #expect(table.listeners(port: 8080).map(\.local) == [blue])
        #expect(table.connections(to: blue).map(\.inode) == [31338, 9])
        #expect(table.listeners(port: 80).map(\.local.description) == ["[fd77:0:0:0:0:0:0:2]:80"])
        #expect(blue.description == "169.254.77.1:8080")
    }

    @Test func unitOfAnOwner() {
        let owner = SocketOwner(process: 1, program: "web", controlGroup: "/system.slice/shop.web.blue.service/inner")
        #expect(owner.unit == "shop.web.blue.service")
        #expect(SocketOwner(process: 1, program: "sh", controlGroup: "/").unit == nil)
    }
}
