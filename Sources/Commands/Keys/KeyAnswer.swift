// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

/// What is said of a key, to people and to programs.
struct KeyAnswer {
    let key: MinisignPublicKey
    let path: String?

    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("fingerprint", .string(key.fingerprint.hex)), .init("key", .string(key.base64)),
            .init("key_id", .string(key.id.description)), .init("spoken", .string(key.fingerprint.spoken)),
        ]
        if let path { members.append(.init("file", .string(path))) }
        return .object(members)
    }

    var text: String {
        let file = path.map { "file         \($0)\n" } ?? ""
        return """
            \(file)fingerprint  \(key.fingerprint.hex)
            spoken       \(key.fingerprint.spoken)
            key id       \(key.id)
            public key   \(key.base64)
            """
    }

    func give(_ console: Console) {
        console.json ? console.answer(bytes: CanonicalJSON.write(json)) : console.answer(text)
    }
}
