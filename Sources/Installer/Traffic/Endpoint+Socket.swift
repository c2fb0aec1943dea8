// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

extension Endpoint {
    /// The same place as the kernel's socket tables tell it; nil when the address is no numeric one.
    package var socket: SocketEndpoint? {
        guard let bytes = isIPv6 ? Endpoint.bytes6(address) : Endpoint.bytes4(address) else { return nil }
        return SocketEndpoint(address: bytes, port: port)
    }

    private static func bytes4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && !parts.contains(nil) ? parts.compactMap { $0 } : nil
    }

    /// RFC 4291 section 2.2: groups of hexadecimal digits, one run of zeros left out as `::`.
    private static func bytes6(_ text: String) -> [UInt8]? {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var words: [UInt16] = []
        var gap: Int?
        for (index, group) in groups.enumerated() {
            if group.isEmpty {
                // `::` at an end leaves two empty groups, in the middle one: all of them are the same gap.
                if gap == nil { gap = words.count } else if index > 1, index < groups.count - 1 { return nil }
            } else if let word = UInt16(group, radix: 16) {
                words.append(word)
            } else {
                return nil
            }
        }
        if let gap, words.count < 8 {
            words.insert(contentsOf: [UInt16](repeating: 0, count: 8 - words.count), at: gap)
        }
        guard words.count == 8 else { return nil }
        return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }
}
