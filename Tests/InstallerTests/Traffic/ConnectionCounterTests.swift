// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
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
}
