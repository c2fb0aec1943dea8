// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem
import Synchronization
import Testing

@testable import Installer

@Suite struct ConnectionCounterTests {
    @Test(arguments: [
        ("169.254.77.1", [169, 254, 77, 1]), ("fd77::a", [0xfd, 0x77] + [UInt8](repeating: 0, count: 13) + [10]),
        ("::1", [UInt8](repeating: 0, count: 15) + [1]), ("::", [UInt8](repeating: 0, count: 16)),
        ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]), ("1::2::3", nil), ("1.2.3", nil),
        ("1:2", nil),
        ("a.b.c.d", nil), ("fd77:::1", nil),
    ])
    func anAddressIsReadAsTheKernelHasIt(text: String, bytes: [UInt8]?) {
        #expect(Endpoint(address: text, port: 1).socket?.address == bytes)
    }

    @Test func whatIsOpenIsCountedAndWhatIsOverIsNot() throws {
        let blue = Endpoint(address: "169.254.77.1", port: 8080)
        let green = Endpoint(address: "169.254.77.2", port: 8080)
        let place = try #require(blue.socket)
        // established, SYN_RECV, CLOSE_WAIT; then TIME_WAIT, LISTEN, CLOSE.
        let text = ["01", "03", "08", "06", "0A", "07"].map { SocketLines.line(place, 9, $0) }.joined()
        let counter = ConnectionCounter { TCPTable(v4: text, v6: "") }
        #expect(try counter.open(at: [blue, green]) == [blue: 3, green: 0])
    }

    @Test func whoIsStillThereIsNamedAndCut() throws {
        let blue = Endpoint(address: "169.254.77.1", port: 8080)
        let place = try #require(blue.socket)
        let text = ["01", "06", "0A"].map { SocketLines.line(place, 9, $0) }.joined()
        let ended = Mutex<[TCPSocket]>([])
        let counter = ConnectionCounter(readTable: { TCPTable(v4: text, v6: "") }) { socket in
            ended.withLock { $0.append(socket) }
            return true
        }
        #expect(try counter.peers(at: [blue])[blue]?.count == 1)
        #expect(try counter.cut(at: [blue, blue]) == 1)
        #expect(ended.withLock { $0.map(\.state) } == [.established])
    }

    /// The kernel's own answer: a connection of this process is gone, its other end sees a reset.
    @Test(.enabled(if: getuid() == 0, "needs CAP_NET_ADMIN"))
    func theKernelCutsAConnection() throws {
        let (server, client) = try Self.connected()
        defer {
            close(server)
            close(client)
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(server, $0, &length) }
        }
        let place = Endpoint(address: "127.0.0.1", port: Int(UInt16(bigEndian: address.sin_port)))
        #expect(try ConnectionCounter().cut(at: [place]) == 1)
        var byte: UInt8 = 0
        #expect(recv(client, &byte, 1, 0) == -1)
        #expect(errno == ECONNRESET)
        #expect(try ConnectionCounter().open(at: [place]) == [place: 0])
    }

    private static func connected() throws -> (server: Int32, client: Int32) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(listener, $0, length) == 0)
                try #require(listen(listener, 1) == 0)
                getsockname(listener, $0, &length)
                try #require(connect(client, $0, length) == 0)
            }
        }
        return (accept(listener, nil, nil), client)
    }
}
