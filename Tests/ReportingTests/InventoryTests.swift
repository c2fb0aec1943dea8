// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Reporting
import Testing
import Trust

/// What a host writes down of itself, and who is believed to have written it (trust §12).
@Suite struct InventoryTests {
    let key: SigningKey
    let inventory: Inventory

    init() throws {
        key = try SigningKey.generate()
        var inventory = Inventory(
            product: try #require(ReleaseName("pond")), arch: .amd64, host: key.publicKey.fingerprint,
            hostName: "store 7", wallSeconds: 1_795_240_800, tool: Version(major: 1, minor: 2, patch: 3),
            kernel: "6.1.0-37-amd64", memory: 4096)
        inventory.systemd = 252
        inventory.nft = "1.0.6"
        inventory.rooms = [
            Inventory.Room(bytes: 10, places: [.opt]), Inventory.Room(bytes: 20, places: [.var]),
        ]
        inventory.commands = ["ip", "nft", "systemd-run"]
        inventory.floor = Version(major: 1, minor: 0, patch: 0)
        inventory.releases = [
            Inventory.Release(
                version: Version(major: 1, minor: 0, patch: 0), digest: .ofBytes([1]), standing: .active)
        ]
        inventory.contents = [.ofBytes([2]): 7, .ofBytes([3]): 8]
        self.inventory = inventory
    }

    private func sign(_ bytes: [UInt8], _ key: SigningKey) throws -> [UInt8] {
        try DocumentSigning.sign(bytes, as: .inventory, comment: "x", with: key)
    }

    @Test func readsWhatItWrites() throws {
        var read = try Inventory(parsing: inventory.bytes)
        read.releases.sort { $0.digest < $1.digest }
        #expect(read == inventory)
        var bare = inventory
        bare.systemd = nil
        bare.nft = nil
        bare.floor = nil
        (bare.rooms, bare.commands, bare.releases, bare.contents) = ([], [], [], [:])
        #expect(try Inventory(parsing: bare.bytes) == bare)
    }

    /// One spelling: no line may be another one, be there twice, or stand elsewhere.
    @Test func refusesEverySecondSpelling() throws {
        let lines = String(decoding: inventory.bytes, as: UTF8.self).split(separator: "\n").map { "\($0)\n" }
        #expect(lines.count == 17)
        for index in lines.indices {
            var other = lines
            other[index] = other[index].replacing(" ", with: "  ", maxReplacements: 1)
            #expect(throws: InventoryFault.self) { try Inventory(parsing: Array(other.joined().utf8)) }
            other = lines
            other.insert(lines[index], at: index)
            #expect(throws: InventoryFault.self) { try Inventory(parsing: Array(other.joined().utf8)) }
            for next in lines.indices.dropFirst(index + 1) {
                other = lines
                other.swapAt(index, next)
                #expect(throws: InventoryFault.self) { try Inventory(parsing: Array(other.joined().utf8)) }
            }
        }
        #expect(throws: InventoryFault.self) { try Inventory(parsing: inventory.bytes.dropLast()) }
        #expect(throws: InventoryFault.self) { try Inventory(parsing: inventory.bytes + Array("more x\n".utf8)) }
    }

    @Test func countsWhenItsHostIsBelieved() throws {
        let bytes = inventory.bytes
        let ring = Keyring(keys: [key.publicKey])
        #expect(try ProvenInventory.judge(bytes, signature: try sign(bytes, key), by: ring).inventory.floor != nil)
        let stranger = try SigningKey.generate()
        #expect(throws: InventoryError.unknownHost(key.publicKey.fingerprint, isRevoked: false)) {
            try ProvenInventory.judge(bytes, signature: try sign(bytes, key), by: Keyring(keys: [stranger.publicKey]))
        }
        #expect(throws: InventoryError.unknownHost(key.publicKey.fingerprint, isRevoked: true)) {
            try ProvenInventory.judge(
                bytes, signature: try sign(bytes, key),
                by: Keyring(keys: [key.publicKey], revoked: [key.publicKey.fingerprint]))
        }
        #expect(throws: InventoryError.self, "another believed host's word about this one") {
            try ProvenInventory.judge(
                bytes, signature: try sign(bytes, stranger), by: Keyring(keys: [key.publicKey, stranger.publicKey]))
        }
        var changed = bytes
        changed[changed.count - 2] ^= 1
        #expect(throws: InventoryError.self) {
            try ProvenInventory.judge(changed, signature: try sign(bytes, key), by: ring)
        }
    }
}
