// SPDX-License-Identifier: Apache-2.0

extension SecretError: Explained {
    var explanation: Explanation {
        switch self {
        case .badName(let name): Explanation("\(name) is no name of a product", status: .usage)
        case .badID(let id):
            Explanation("\(id) is no ID of a secret", hint: "letters, digits, _ . -, at most 64", status: .usage)
        case .unknown(let id, let nearest, let known):
            Explanation(
                "no release here has a secret \(id)",
                hint: nearest.map { "is \($0) meant?" }
                    ?? (known.isEmpty ? "they declare none" : "they declare \(known.joined(separator: ", "))"),
                status: .usage)
        case .empty: Explanation("an empty secret was not written", hint: "nothing was changed", status: .usage)
        case .differ: Explanation("the two differ; nothing was written", hint: "run it again")
        }
    }
}
