// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import Trust

/// An inventory whose signature by a believed host key was proven; only `judge` makes one.
package struct ProvenInventory: Equatable, Sendable {
    package let inventory: Inventory

    /// Decides whether these bytes are what a host says (trust §12). Pure.
    /// - Parameters:
    ///   - signature: the file beside it.
    ///   - hosts: keys of role `host`; one of them is enough, as of receipts.
    /// - Throws: `InventoryError`.
    package static func judge(_ bytes: [UInt8], signature: [UInt8], by hosts: Keyring) throws(InventoryError)
        -> ProvenInventory
    {
        let ring = Keyring(keys: Array(hosts.keys.values), revoked: hosts.revoked)
        let verdict: DocumentVerdict
        do {
            verdict = try ring.judge(
                document: bytes, kind: .inventory, signatures: [MinisignSignature(file: signature)])
        } catch .documentThresholdNotMet(let kind, let needed, let established, let unknown) {
            guard let named = Inventory.namedHost(bytes), ring.keys[named] == nil else {
                throw .untrusted(
                    .documentThresholdNotMet(kind, needed: needed, established: established, unknown: unknown))
            }
            throw .unknownHost(named, isRevoked: ring.revoked.contains(named))
        } catch {
            throw .untrusted(error)
        }
        let inventory: Inventory
        do { inventory = try Inventory(parsing: verdict.document) } catch { throw .malformed(error) }
        guard verdict.established.contains(where: { $0.fingerprint == inventory.host }) else {
            throw .foreignKey(names: inventory.host, signedBy: verdict.established.map(\.fingerprint))
        }
        return ProvenInventory(inventory: inventory)
    }
}

/// What is no inventory by its form.
package enum InventoryFault: Error, Equatable, Sendable {
    case tooLong(bytes: Int)
    case notText
    case noLineFeed
    case badLine(Int, expected: String)
    case notCanonical
}

/// Why an inventory is not believed. Facts; the words are in `Commands/Wording`.
package enum InventoryError: Error, Equatable, Sendable {
    case malformed(InventoryFault)
    /// The signature does not hold, or a host that is believed is named and another key signed.
    case untrusted(TrustError)
    /// Its first line names a key that is not believed as a host's here.
    case unknownHost(KeyFingerprint, isRevoked: Bool)
    /// A believed host signed what names another.
    case foreignKey(names: KeyFingerprint, signedBy: [KeyFingerprint])
    /// There is no signature beside it.
    case unsigned(path: String)
}
