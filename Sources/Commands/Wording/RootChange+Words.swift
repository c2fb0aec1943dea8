// SPDX-License-Identifier: Apache-2.0
import Trust

extension RootChange {
    var words: String {
        switch self {
        case .comes(let role, let key, let name): "\(role.rawValue): + \(RootChange.words(key, name))"
        case .goes(let role, let key, let name): "\(role.rawValue): - \(RootChange.words(key, name))"
        case .revoked(let key, let name): "REVOKES \(RootChange.words(key, name))"
        case .threshold(let role, let from, let to):
            "\(role.rawValue): \(to.map(String.init) ?? "nobody") must agree, instead of \(from.map(String.init) ?? "nobody")"
        case .minimum(let product, let from, let to):
            "oldest \(product) that is let in: \(to ?? "any"), instead of \(from ?? "any")"
        case .bestBefore(let from, let to): "best before \(to ?? "ever"), instead of \(from ?? "ever")"
        }
    }

    private static func words(_ key: KeyFingerprint, _ name: String?) -> String {
        "\(key) (\(key.spoken))" + (name.map { ", \($0)" } ?? "")
    }
}
