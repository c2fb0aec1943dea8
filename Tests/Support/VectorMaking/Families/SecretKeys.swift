// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Trust

/// Secret key files (trust §2.4). These keys are published with their passwords: they protect nothing.
enum SecretKeys {
    private static let password = "a test, and no secret"
    private static let comment = "untrusted comment: minisign encrypted secret key\n"

    static func vectors() throws -> [Vector] { try plain() + sealed() + minisign() }

    private static func vector(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ raw: [UInt8],
        password: String? = nil
    ) -> Vector {
        var vector = Vector(
            "secret-" + name, .secretKey, expected, rows: rows, about, Array(comment.utf8) + Base64.encode(raw) + [10])
        vector.password = password
        return vector
    }

    private static func body(_ key: SigningKey) -> [UInt8] { key.id.bytes + key.key.secret.withBytes { Array($0) } }

    private static func raw(kdf: [UInt8], salt: [UInt8], cost: Scrypt.Cost, _ tail: [UInt8]) -> [UInt8] {
        Array("Ed".utf8) + kdf + Array("B2".utf8) + salt + Checksums.little(cost.operations, 8)
            + Checksums.little(cost.memory, 8) + tail
    }

    private static func plain() throws -> [Vector] {
        let key = try TestKeys.key("release-a")
        let zeros = [UInt8](repeating: 0, count: 32)
        let good = raw(kdf: [0, 0], salt: zeros, cost: Scrypt.Cost(operations: 0, memory: 0), body(key) + zeros)
        func changed(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
            _ change: (inout [UInt8]) throws -> Void
        ) rethrows -> Vector {
            var bytes = good
            try change(&bytes)
            return vector(name, expected, rows, about, bytes)
        }
        var beyond = changed(
            "beyond-ascii", .form, [4], "A byte beyond ASCII in the base64, which libsodium 1.0.18 reads as `A`."
        ) { _ in }
        var text = beyond.bytes
        text.textLines[1].beyondASCII()
        beyond = Vector(beyond.name, .secretKey, .form, rows: beyond.rows, beyond.about, text)
        var third = changed("third-line", .form, [4], "A third line.") { _ in }
        third = Vector(third.name, .secretKey, .form, rows: third.rows, third.about, third.bytes + Array("more\n".utf8))
        return [
            changed("good", .good, [], "A secret key without a password.") { _ in },
            changed(
                "good-old-checksum", .good, [],
                "Without a password the checksum is nothing: `minisign -C -W` leaves an old one."
            ) { $0[130] = 7 },
            try changed(
                "foreign-half", .damaged, [11],
                "The public half is another key's: signing with it would give the secret away."
            ) {
                $0.replaceSubrange(94..<126, with: try TestKeys.key("stranger").publicKey.key.bytes)
            },
            changed("seed", .damaged, [1], "A bit of the seed is another.") { $0[70] ^= 1 },
            changed("short", .form, [3], "157 bytes.") { $0.removeLast() },
            changed("long", .form, [4], "159 bytes.") { $0.append(0) },
            changed("letters", .form, [15], "The algorithm is `ED`.") { $0[1] = UInt8(ascii: "D") },
            changed("kdf", .form, [15], "The way from password to key is `Pb`.") {
                $0.replaceSubrange(2..<4, with: Array("Pb".utf8))
            },
            changed("checksum-kind", .form, [15], "The checksum is `B3`.") { $0[5] = UInt8(ascii: "3") },
            beyond, third, Vector("secret-empty", .secretKey, .form, rows: [3], "An empty file.", []),
            Vector(
                "secret-is-public", .secretKey, .form, rows: [15], "A public key in the place of a secret one.",
                key.publicKey.file),
        ]
    }

    private static func sealed() throws -> [Vector] {
        let key = try TestKeys.key("release-a")
        let salt = (0..<32).map { UInt8($0) }
        let plain = body(key) + BLAKE2b.hash(Array("Ed".utf8) + body(key), .bits256)
        func seal(_ tail: [UInt8], cost: Scrypt.Cost = .interactive) throws -> [UInt8] {
            var text = Array(password.utf8)
            let stream = try Scrypt.derive(
                password: SecretBytes(wiping: &text), salt: salt, cost: .interactive, count: 104)
            return raw(
                kdf: Array("Sc".utf8), salt: salt, cost: cost, zip(tail, stream.withBytes { Array($0) }).map { $0 ^ $1 }
            )
        }
        var flipped = try seal(plain)
        flipped[80] ^= 1
        var unchecked = plain
        unchecked[100] ^= 1
        let greedy = Scrypt.Cost(operations: 33_554_432, memory: 2_147_483_648)
        let endless = Scrypt.Cost(operations: 67_108_864, memory: 1_073_741_824)
        return [
            vector(
                "good-sealed", .good, [], "A secret key under a password, at scrypt's smallest cost.", try seal(plain),
                password: password),
            vector(
                "wrong-password", .password, [11], "The password is another.", try seal(plain), password: password + "."
            ),
            vector("no-password", .password, [11], "A password is needed and none is given.", try seal(plain)),
            vector(
                "sealed-flipped", .password, [1],
                "A bit under the password is another: that cannot be told from a wrong password.", flipped,
                password: password),
            vector(
                "sealed-checksum", .password, [1], "The checksum under the password is another.", try seal(unchecked),
                password: password),
            vector(
                "greedy", .limit, [17], "scrypt is to take 2 GiB of memory.", try seal(plain, cost: greedy),
                password: password),
            vector(
                "endless", .limit, [17], "scrypt is to take twice the work that any tool writes.",
                try seal(plain, cost: endless), password: password),
        ]
    }

    /// Made once by stock minisign 0.11.
    private static func minisign() throws -> [Vector] {
        let made = [
            (
                "minisign-plain", "Made by `minisign -G -W`, version 0.11.",
                "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMeKhOfvsgQdhK2XEjX0NHhW70YjATAVXWei/e0gYex+jy4ur"
                    + "GRS8ZnyDEIrYJk1JeSB6vGzmuWWhznSF0Sn3fslxYOz3nPNAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            ),
            (
                "minisign-unsealed",
                "Made by `minisign -G` and then `minisign -C -W`, version 0.11: salt, limits and checksum are left over.",
                "RWQAAEIy1D1NajRvmixbMO84qdzrIof5w8CQ1UOkC+k5zAT6sIUAAAACAAAAAAAAAEAAAAAAfLgeCf6jM7N7uyb3qhdUrxWDjZm3zxcILDgpZyRCNjUe+Y3y"
                    + "bhZAjSAJvaLRXR80wRkbQOJ3NkhHZSS85mIs7ZV/Kvkvl36RfXNeQFvc7LR1UoozsrHY40ZW6v9iZ9oKZUNK7hY3FPQ="
            ),
        ]
        return made.map { name, about, text in
            Vector("secret-" + name, .secretKey, .good, rows: [], about, Array("\(comment)\(text)\n".utf8))
        }
    }
}
