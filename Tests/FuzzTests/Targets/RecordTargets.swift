// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
@testable import HostRecords
import HostSystem
@testable import Reporting

/// What a host wrote down, and what was carried from one: records that a disk, a crash or a person may have damaged.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "chain": { bytes in _ = try ChainedText(bytes, path: "/f") },
        "state": { bytes in
            _ = try? StateStore.decode(bytes, path: "/f")
            // With the digest that it would need, so that the document is reached.
            let document = bytes + [0x0a]
            for generation in [0, 1, 7] {
                let head = Array("bundle-state/1 \(generation) \(Digest.ofBytes(document).hex)\n".utf8)
                _ = try? StateStore.decode(head + document, path: "/f")
            }
        },
        "journal": { bytes in
            for line in chain(of: bytes).documents { _ = RecordCoding.decode(JournalLine.self, line) }
        },
        "jobs": { bytes in
            for line in chain(of: bytes).documents { _ = RecordCoding.decode(JobEntry.self, line) }
        },
        "run": { bytes in for line in bytes.split(separator: 0x0a) { _ = RecordCoding.decode(RunLine.self, line) } },
        "audit": { bytes in
            var text: [UInt8] = []
            var head = ChainedText.origin
            for line in bytes.split(separator: 0x0a) {
                let next = ChainedText.line(Array(line), after: head)
                text += next.text
                head = next.head
            }
            _ = try AuditLog.verdict(ofLog: text, path: "/f")
            _ = try AuditLog.verdict(ofLog: bytes, path: "/f")
        },
        "inventory": { bytes in holds(try Inventory(parsing: bytes).bytes == bytes) },
        "receipt": { bytes in holds(try Receipt(parsing: bytes).bytes == bytes) },
    ]

    /// The lines as documents of a chain that holds: no fuzzer finds a SHA-256.
    private static func chain(of bytes: [UInt8]) -> (documents: [[UInt8]], head: String) {
        var head = ChainedText.origin
        var text: [UInt8] = []
        for line in bytes.split(separator: 0x0a) {
            let next = ChainedText.line(Array(line), after: head)
            text += next.text
            head = next.head
        }
        return ((try? ChainedText(text, path: "/f"))?.documents ?? [], head)
    }
}
