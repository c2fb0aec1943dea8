// SPDX-License-Identifier: Apache-2.0
import Reporting
import Trust

extension InventoryFault {
    var words: String {
        switch self {
        case .tooLong(let bytes): "it has \(bytes) bytes, and at most \(Inventory.limit) are read"
        case .notText: "it is no UTF-8 text"
        case .noLineFeed: "it was cut off, its last line has no end"
        case .badLine(let line, let expected): "line \(line) does not say `\(expected)` as it should"
        case .notCanonical: "it is not spelled as a host spells it"
        }
    }
}

extension InventoryFault: Explained {
    var explanation: Explanation { Explanation("not an inventory: \(words)", status: .damaged) }
}

extension InventoryError: Explained {
    var explanation: Explanation {
        switch self {
        case .malformed(let fault): fault.explanation
        case .untrusted(let error):
            Explanation(error.documentExplanation.message, hint: InventoryError.believing, status: .refusedByTrust)
        case .unknownHost(let host, let isRevoked):
            Explanation(
                "signed by host key \(host), which is \(isRevoked ? "revoked" : "not believed") here",
                hint: isRevoked ? nil : InventoryError.believing, status: .refusedByTrust)
        case .foreignKey(let names, let signers):
            Explanation(
                "the inventory names host key \(names) and is signed by \(signers.map(\.hex).joined(separator: ", "))",
                hint: "one host has put its name to another's inventory: ask who had access to both",
                status: .refusedByTrust)
        case .unsigned(let path):
            Explanation(
                "\(path): no signature \(path)\(Inventory.signatureSuffix) lies beside it",
                hint: "carry out both files that `bundle inventory` wrote", status: .refusedByTrust)
        }
    }

    static let believing =
        "`--host-key host.pub`, which did not come with the inventory, or role `host` of the project's trust root"
}

extension InventoryFileError: Explained {
    var explanation: Explanation {
        switch self {
        case .noHostKey:
            Explanation(
                "this host has no key to sign an inventory with", hint: "`bundle key host` makes one",
                status: .noSuchRelease)
        case .noArchitecture: Explanation("no bundle is made for this machine")
        case .otherProduct(let path, let inventory, let bundle):
            Explanation("\(path) is of \(inventory), and the bundle of \(bundle)", status: .usage)
        case .nobodyBelieved:
            Explanation(
                "no host's key is believed here, so no inventory can be proven", hint: InventoryError.believing,
                status: .refusedByTrust)
        }
    }
}
