// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

@Suite struct SecretKeyFileTests {
    func bytes(_ file: SecretBytes) -> [UInt8] { file.withBytes { Array($0) } }

    func read(_ text: [UInt8]) throws -> SecretKeyFile {
        var copy = text
        return try SecretKeyFile(file: SecretBytes(wiping: &copy))
    }

    @Test func opensWithItsPasswordOnly() throws {
        let key = try Samples.key(1)
        let file = try SecretKeyFile.seal(key, password: Samples.secret("correct horse"), cost: .interactive)
        let text = String(decoding: bytes(file), as: UTF8.self)
        #expect(text.hasPrefix("untrusted comment: minisign encrypted secret key\nRWRTY0Iy"))
        #expect(text.utf8.count == 262)
        let read = try SecretKeyFile(file: file)
        #expect(read.isEncrypted && read.cost == .interactive)
        let opened = try read.open(password: Samples.secret("correct horse"))
        #expect(opened.publicKey == key.publicKey)
        #expect(opened.key.signature(of: [1]) == key.key.signature(of: [1]))
        #expect(throws: TrustError.wrongPassword) { try read.open(password: Samples.secret("correct hors")) }
        #expect(throws: TrustError.passwordNeeded) { try read.open(password: nil) }
        #expect(throws: TrustError.passwordNeeded) { try read.open(password: Samples.secret("")) }
    }

    @Test func twoFilesOfOneKeyDiffer() throws {
        let key = try Samples.key(1)
        let password = try Samples.secret("x")
        let one = try SecretKeyFile.seal(key, password: password, cost: .interactive)
        #expect(bytes(one) != bytes(try SecretKeyFile.seal(key, password: password, cost: .interactive)))
    }

    @Test func keepsAKeyWithoutPasswordAsMinisignDoes() throws {
        let key = try Samples.key(1)
        let text = bytes(try SecretKeyFile.plain(key))
        let body = try #require(Base64.decode(Array(text.split(separator: 10)[1]), count: 158))
        #expect(Array(body[..<6]) == [0x45, 0x64, 0, 0, 0x42, 0x32])
        #expect(body[6..<54].allSatisfy { $0 == 0 } && body[126...].allSatisfy { $0 == 0 })
        #expect(try read(text).open(password: nil).publicKey == key.publicKey)
        // A password that nobody asked for changes nothing.
        #expect(try read(text).open(password: Samples.secret("x")).publicKey == key.publicKey)
    }

    @Test func refusesCutAndChangedFiles() throws {
        let text = bytes(try SecretKeyFile.plain(Samples.key(1)))
        for count in 0..<text.count - 1 {
            #expect(throws: TrustError.self) { try read(Array(text[..<count])) }
        }
        #expect(throws: TrustError.self) { try read(text + Array("more\n".utf8)) }
        var body = try #require(Base64.decode(Array(text.split(separator: 10)[1]), count: 158))
        let file = { (body: [UInt8]) in Array("untrusted comment: x\n".utf8) + Base64.encode(body) + [10] }
        #expect(try read(file(body)).open(password: nil).id == Samples.key(1).id)
        for index in 70..<134 where index < 126 {
            var changed = body
            changed[index] ^= 1
            #expect(throws: TrustError.damagedSecretKey) { try read(file(changed)).open(password: nil) }
        }
        for (index, value) in [(0, 0x65), (1, 0x44), (2, 1), (3, 0x63), (4, 0x43), (5, 1)] as [(Int, UInt8)] {
            body[index] ^= value
            #expect(throws: TrustError.badSecretKeyFile(.algorithm)) { try read(file(body)) }
            body[index] ^= value
        }
    }

    @Test func refusesLimitsThatNoToolWrites() throws {
        let sealed = try SecretKeyFile.seal(Samples.key(1), password: Samples.secret("x"), cost: .interactive)
        var body = try #require(Base64.decode(Array(bytes(sealed).split(separator: 10)[1]), count: 158))
        body[53] = 0x7f
        let file = try read(Array("untrusted comment: x\n".utf8) + Base64.encode(body) + [10])
        #expect(throws: TrustError.scryptTooCostly) { try file.open(password: Samples.secret("x")) }
    }
}
