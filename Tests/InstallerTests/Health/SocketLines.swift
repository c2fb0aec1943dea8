// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// Lines of /proc/net/tcp as the kernel writes them on a little-endian machine.
enum SocketLines {
    static func line(_ place: SocketEndpoint, _ inode: UInt64, _ state: String = "0A") -> String {
        var address = ""
        for word in stride(from: 0, to: place.address.count, by: 4) {
            for byte in place.address[word..<word + 4].reversed() { address += hex(Int(byte), 2) }
        }
        let none = String(repeating: "0", count: address.count)
        return
            "   0: \(address):\(hex(place.port, 4)) \(none):0000 \(state) 00000000:00000000 00:00000000 00000000     0"
            + "        0 \(inode) 1 0 100 0 0 10 0\n"
    }

    private static func hex(_ number: Int, _ width: Int) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
