// SPDX-License-Identifier: Apache-2.0
import Reporting
import Trust

extension ReceiptFault: Explained {
    var explanation: Explanation { Explanation("not a receipt: \(words)", status: .damaged) }

    var words: String {
        switch self {
        case .tooLong(let bytes): "it has \(bytes) bytes, and at most \(Receipt.limit) are read"
        case .notText: "it is no UTF-8 text"
        case .noLineFeed: "it was cut off, its last line has no end"
        case .badLine(let line, let expected): "line \(line) does not say `\(expected)` as it should"
        case .notCanonical: "it is not spelled as a host spells it"
        }
    }
}

extension ReceiptError: Explained {
    var explanation: Explanation {
        switch self {
        case .malformed(let fault): fault.explanation
        case .untrusted(let error):
            Explanation(
                error.documentExplanation.message,
                hint: "keys of hosts come from `bundle key host` there, and go into role `host` of the trust root",
                status: .refusedByTrust)
        case .unknownHost(let host, let isRevoked):
            Explanation(
                "signed by host key \(host), which is \(isRevoked ? "revoked" : "not believed") here",
                hint: isRevoked ? nil : ReceiptsError.believing, status: .refusedByTrust)
        case .foreignKey(let names, let signers):
            Explanation(
                "the receipt names host key \(names) and is signed by \(signers.map(\.hex).joined(separator: ", "))",
                hint: "one host has put its name to another's receipt: ask who had access to both",
                status: .refusedByTrust)
        }
    }
}

extension ReceiptBookError: Explained {
    var explanation: Explanation {
        switch self {
        case .full:
            Explanation(
                "this host has written \(Receipt.lastNumber) receipts, and no more fit",
                hint:
                    "export them, put /var/lib/bundle/receipts aside, and begin again with `bundle key host --replace`")
        }
    }
}
