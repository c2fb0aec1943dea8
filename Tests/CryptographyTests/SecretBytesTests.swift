// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Testing

@Suite struct SecretBytesTests {
    @Test func takesTheBytesAndLeavesZeros() throws {
        var source = Array("hunter2".utf8)
        let secret = try SecretBytes(wiping: &source)
        #expect(source == [UInt8](repeating: 0, count: 7))
        #expect(secret.withBytes { Array($0) } == Array("hunter2".utf8))
        #expect(try secret.slice(2..<4).withBytes { Array($0) } == Array("nt".utf8))
    }

    @Test func isNeverPrinted() throws {
        var source = Array("hunter2".utf8)
        let secret = try SecretBytes(wiping: &source)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("hunter2") && !text.contains("104"))
        }
    }

    @Test func comparesWholeContents() throws {
        let make = { (text: String) in
            var bytes = Array(text.utf8)
            return try SecretBytes(wiping: &bytes)
        }
        #expect(try make("abc").equals(make("abc")))
        #expect(try !make("abc").equals(make("abd")))
        #expect(try !make("abc").equals(make("abcd")))
        #expect(try make("").equals(make("")))
    }

    @Test func scryptRefusesWhatNoToolWrites() throws {
        var password = Array("x".utf8)
        let secret = try SecretBytes(wiping: &password)
        let salt = [UInt8](repeating: 0, count: 32)
        for cost in [
            Scrypt.Cost(operations: UInt64.max, memory: 1 << 20), Scrypt.Cost(operations: 1 << 20, memory: UInt64.max),
        ] {
            #expect(throws: CryptographyError.scryptTooCostly(operations: cost.operations, memory: cost.memory)) {
                try Scrypt.derive(password: secret, salt: salt, cost: cost, count: 32)
            }
        }
    }
}
