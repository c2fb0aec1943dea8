// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
package import HostSystem

/// The state record on disk (host-state §2): one line `bundle-state/1 GENERATION HEX`, then the document, whose SHA-256
/// is HEX. `tail -n +2 state | sha256sum` checks it.
///
/// Writing it is the one commit point of an operation: the rename inside `commit` decides between old and new.
package struct StateStore: Sendable {
    package let layout: HostLayout

    package init(layout: HostLayout) { self.layout = layout }

    private static let format = "bundle-state/1"
    /// A record of a thousand services fits many times.
    private static let limit = 16 << 20

    /// - Returns: nil when nothing is installed.
    /// - Throws: `RecordError.stateGone` where something is: to go on as if nothing were would take away what serves.
    package func load() throws -> StateRecord? {
        guard try FileSystem.exists(layout.state) else {
            if try layout.hasCurrent() { throw RecordError.stateGone(path: layout.state) }
            return nil
        }
        let bytes = try FileSystem.readAll(layout.state, limit: StateStore.limit, followLinks: false)
        return try StateStore.decode(bytes, path: layout.state)
    }

    /// Replaces the record on disk, whole: temporary, fsync, rename, fsync of the directory. When it returns, the new
    /// one survives a power cut; when it throws, the old one does.
    /// - Parameter record: what `load` gave, changed. Its generation must still be the one on disk.
    /// - Returns: the record as it stands now.
    @discardableResult
    package func commit(_ record: StateRecord) throws -> StateRecord {
        let found = try load()?.generation ?? 0
        guard record.generation == found else {
            throw RecordError.stateMoved(path: layout.state, read: record.generation, found: found)
        }
        var next = record
        next.generation += 1
        next.rememberReleases()
        try FileSystem.createDirectories(layout.records)
        try FileSystem.write(try StateStore.encode(next), to: layout.state, permissions: 0o644)
        return next
    }

    /// Forgets the product; the last act of `remove`. The end of the journal makes it safe (`HostLayout.syncNames`).
    package func remove() throws { try FileSystem.remove(layout.state) }

    // MARK: - What outlives the product (host-state §2.7)

    /// What `remove` left remembered; nil when it was never here, or `remove --data` has forgotten it.
    package func remembered() throws -> StateRecord? {
        guard try FileSystem.exists(layout.removed) else { return nil }
        let bytes = try FileSystem.readAll(layout.removed, limit: StateStore.limit, followLinks: false)
        return try StateStore.decode(bytes, path: layout.removed)
    }

    /// Puts aside what must not be forgotten with the product: what was ever called good, and whose the user is.
    package func remember(_ record: StateRecord) throws {
        var kept = StateRecord(name: record.name, addressIndex: record.addressIndex)
        kept.floor = record.floor
        kept.known = record.known
        kept.createdUser = record.createdUser
        try FileSystem.createDirectories(layout.records)
        try FileSystem.write(try StateStore.encode(kept), to: layout.removed, permissions: 0o644)
    }

    /// The end of the journal makes it safe, too.
    package func forget() throws { try FileSystem.remove(layout.removed) }

    /// The record of a product that has none yet, with what was remembered of it.
    package func first(addressIndex: Int) throws -> StateRecord {
        var record = try remembered() ?? StateRecord(name: layout.product, addressIndex: addressIndex)
        record.addressIndex = addressIndex
        return record
    }

    static func encode(_ record: StateRecord) throws -> [UInt8] {
        let document = try RecordCoding.encode(record) + [0x0a]
        return Array("\(format) \(record.generation) \(Digest.ofBytes(document).hex)\n".utf8) + document
    }

    static func decode(_ bytes: [UInt8], path: HostPath) throws -> StateRecord {
        let head = bytes.prefix { $0 != 0x0a }
        let fields = String(decoding: head, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0] == format, let generation = Int(fields[1]),
            let expected = Digest(hex: fields[2]), head.count < bytes.count
        else { throw RecordError.stateUnreadable(path: path) }
        let document = Array(bytes[(head.count + 1)...])
        let found = Digest.ofBytes(document)
        guard found == expected else { throw RecordError.stateDamaged(path: path, expected: expected, found: found) }
        guard document.last == 0x0a, let record = RecordCoding.decode(StateRecord.self, document.dropLast()),
            record.generation == generation
        else { throw RecordError.stateNotUnderstood(path: path) }
        return record
    }

    /// The smallest number that no product of this host has. A record that cannot be read stops it: its number must not
    /// be given away. The caller holds the lock.
    package static func freeAddressIndex(root: HostPath = "/") throws -> Int {
        var taken: Set<Int> = []
        for product in try HostLayout.products(root: root) {
            let record = try StateStore(layout: HostLayout(root: root, product: product)).load()
            if let record { taken.insert(record.addressIndex) }
        }
        guard let free = (0...62).first(where: { !taken.contains($0) }) else { throw RecordError.noAddressIndexLeft }
        return free
    }
}
