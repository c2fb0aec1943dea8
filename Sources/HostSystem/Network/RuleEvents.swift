// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Hears from the kernel when rules of tables whose names begin so are taken away (netlink(7), nfnetlink's group of nftables).
package final class RuleEvents {
    private let descriptor: Int32
    private let prefix: [UInt8]

    /// - Throws: `SystemCallError`.
    package init(tables prefix: String) throws(SystemCallError) {
        self.prefix = Array(prefix.utf8)
        descriptor = bundle_hear_rules()
        guard descriptor >= 0 else { throw SystemCallError(call: "netlink", path: "nftables", code: errno) }
    }

    deinit { close(descriptor) }

    /// Waits until rules went, at most so long.
    /// - Parameter milliseconds: -1 is for ever.
    /// - Returns: whether they did, as far as is known: events that were lost count as some.
    package func wait(milliseconds: Int32) throws(SystemCallError) -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&question, 1, milliseconds)
        if ready < 0, errno != EINTR { throw SystemCallError(call: "poll", path: "nftables", code: errno) }
        return ready > 0 ? try drain() : false
    }

    private func drain() throws(SystemCallError) -> Bool {
        var went = false
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 {
                went = went || RuleEvents.takeAway(UnsafeRawBufferPointer(rebasing: buffer[..<count]), prefix: prefix)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return went
            // More came than fits: what was lost may have been ours.
            case ENOBUFS: went = true
            default: throw SystemCallError(call: "recv", path: "nftables", code: errno)
            }
        }
    }

    private static let headerBytes = 16
    /// Behind the header, struct nfgenmsg (linux/netfilter/nfnetlink.h).
    private static let familyBytes = 4
    /// NFNL_SUBSYS_NFTABLES.
    private static let nftables: UInt16 = 10
    /// NFT_MSG_DELTABLE, DELCHAIN, DELRULE, DELSET (linux/netfilter/nf_tables.h).
    private static let takingAway: Set<UInt16> = [2, 5, 8, 11]

    /// Whether one of these messages takes something away from such a table. In all of them attribute 1 is the table's name.
    package static func takeAway(_ messages: UnsafeRawBufferPointer, prefix: [UInt8]) -> Bool {
        var rest = messages
        while rest.count >= headerBytes {
            let length = Int(rest.loadUnaligned(as: UInt32.self))
            guard length >= headerBytes, length <= rest.count else { return false }
            let type = rest.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
            if type >> 8 == nftables, takingAway.contains(type & 0xff), length >= headerBytes + familyBytes {
                let attributes = UnsafeRawBufferPointer(rebasing: rest[(headerBytes + familyBytes)..<length])
                if table(attributes)?.starts(with: prefix) == true { return true }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[min(rest.count, (length + 3) & ~3)...])
        }
        return false
    }

    private static func table(_ attributes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        var rest = attributes
        while rest.count >= 4 {
            let length = Int(rest.loadUnaligned(as: UInt16.self))
            guard length >= 4, length <= rest.count else { return nil }
            if rest.loadUnaligned(fromByteOffset: 2, as: UInt16.self) & 0x3fff == 1 {
                return UnsafeRawBufferPointer(rebasing: rest[4..<length])
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[min(rest.count, (length + 3) & ~3)...])
        }
        return nil
    }
}
