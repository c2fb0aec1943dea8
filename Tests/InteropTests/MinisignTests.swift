// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing
import Trust

/// The stock minisign, both ways: its keys and signatures here, ours there.
@Suite(.enabled(if: Workbench.has("minisign"), "minisign is not installed"), .serialized)
struct MinisignTests {
    @Test func provesWhatWeSignAndRefusesOneChangedByte() async throws {
        let bench = try Workbench()
        let key = try SigningKey.generate()
        try bench.put("k.pub", key.publicKey.file)
        try bench.put("SHA256SUMS", Samples.list)
        try bench.put("s.minisig", Samples.signature(by: key).bytes)
        let good = try await bench.run("minisign", "-V", "-p", "k.pub", "-m", "SHA256SUMS", "-x", "s.minisig")
        #expect(good.status == 0, "\(good.errorText)")
        #expect(good.outputText.contains("bundle shop 1.4.0 amd64 release \(Samples.digest.hex)"))
        var changed = Samples.list
        changed[3] ^= 1
        try bench.put("SHA256SUMS", changed)
        #expect(try await bench.run("minisign", "-V", "-p", "k.pub", "-m", "SHA256SUMS", "-x", "s.minisig").status != 0)
    }

    @Test func signsWithTheKeysThatWeWrite() async throws {
        let bench = try Workbench()
        let key = try SigningKey.generate()
        try bench.put("SHA256SUMS", Samples.list)
        try bench.put("plain.key", SecretKeyFile.plain(key))
        try bench.put("sealed.key", SecretKeyFile.seal(key, password: Samples.secret("pass word"), cost: .interactive))
        for (file, input) in [("plain.key", ""), ("sealed.key", "pass word\n")] {
            let made = try await bench.run(
                "minisign", "-S", "-l", "-s", file, "-m", "SHA256SUMS", "-x", "s.minisig", input: input)
            #expect(made.status == 0, "\(made.errorText)")
            let named = try ReleaseSigner.attach(
                bench.get("s.minisig"), to: Samples.list, of: Samples.release(), by: key.publicKey)
            let verdict = try Keyring(keys: [key.publicKey]).judge(
                signed: Samples.list, signatures: [named], release: Samples.release())
            #expect(verdict.established.count == 1)
            // minisign still takes the signature behind our comment line.
            try bench.put("ours.minisig", named.bytes)
            try bench.put("k.pub", key.publicKey.file)
            let good = try await bench.run("minisign", "-V", "-p", "k.pub", "-m", "SHA256SUMS", "-x", "ours.minisig")
            #expect(good.status == 0, "\(good.errorText)")
        }
        let wrong = try await bench.run(
            "minisign", "-S", "-l", "-s", "sealed.key", "-m", "SHA256SUMS", "-x", "no.minisig", input: "other\n")
        #expect(wrong.status != 0)
    }

    /// A public key's file with the key id in its comment at full length: minisign prints the number without the zeros that
    /// one key in sixteen begins with.
    private func padded(_ file: [UInt8]) -> String {
        let lines = String(decoding: file, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        let id = words.last.map(String.init) ?? ""
        let full = String(repeating: "0", count: max(0, 16 - id.count)) + id
        return
            ([(words.dropLast().map(String.init) + [full]).joined(separator: " ")] + lines.dropFirst().map(String.init))
            .joined(separator: "\n")
    }

    @Test func givesKeysThatWeReadWithAndWithoutPassword() async throws {
        let bench = try Workbench()
        let made = try await bench.run("minisign", "-G", "-p", "k.pub", "-s", "k.key", input: "pässword\npässword\n")
        #expect(made.status == 0, "\(made.errorText)")
        let publicKey = try MinisignPublicKey(file: bench.get("k.pub"))
        #expect(padded(publicKey.file) == padded(try bench.get("k.pub")))
        let sealed = try bench.secretKey("k.key")
        #expect(sealed.isEncrypted && sealed.cost == .sensitive)
        #expect(try sealed.open(password: Samples.secret("pässword")).publicKey == publicKey)
        #expect(throws: TrustError.wrongPassword) { try sealed.open(password: Samples.secret("password")) }
        // `-C -W` leaves salt, limits and an old checksum behind; `-G -W` leaves zeros.
        #expect(try await bench.run("minisign", "-C", "-W", "-s", "k.key", input: "pässword\n").status == 0)
        let bare = try bench.secretKey("k.key")
        #expect(!bare.isEncrypted && bare.cost != Scrypt.Cost(operations: 0, memory: 0))
        #expect(try bare.open(password: nil).publicKey == publicKey)
        #expect(try await bench.run("minisign", "-G", "-W", "-p", "w.pub", "-s", "w.key").status == 0)
        let plain = try bench.secretKey("w.key")
        let opened = try plain.open(password: nil)
        #expect(opened.publicKey == (try MinisignPublicKey(file: bench.get("w.pub"))))
        // Our file of that key is minisign's, byte for byte.
        #expect(try SecretKeyFile.plain(opened).withBytes { Array($0) } == bench.get("w.key"))
        let shown = try await bench.run("minisign", "-R", "-s", "w.key", "-p", "again.pub")
        #expect(shown.status == 0)
        #expect(padded(try bench.get("again.pub")) == padded(opened.publicKey.file))
    }

    @Test func defaultSignaturesAreRefusedByName() async throws {
        let bench = try Workbench()
        let key = try SigningKey.generate()
        try bench.put("SHA256SUMS", Samples.list)
        try bench.put("k.key", SecretKeyFile.plain(key))
        #expect(try await bench.run("minisign", "-S", "-s", "k.key", "-m", "SHA256SUMS", "-x", "s.minisig").status == 0)
        #expect(throws: TrustError.prehashedSignature(key.id)) { try MinisignSignature(file: bench.get("s.minisig")) }
    }

    /// minisign reads four lines and looks no further; a file of ours has nothing that nobody looks at (trust §3.1).
    @Test func junkBehindASignatureIsTakenByMinisignAndNotByUs() async throws {
        let bench = try Workbench()
        let key = try SigningKey.generate()
        try bench.put("k.pub", key.publicKey.file)
        try bench.put("SHA256SUMS", Samples.list)
        let good = try Samples.signature(by: key).bytes
        for junk in ["junk\n", "\n", "\0", String(decoding: good, as: UTF8.self)] {
            try bench.put("s.minisig", good + Array(junk.utf8))
            let theirs = try await bench.run("minisign", "-V", "-p", "k.pub", "-m", "SHA256SUMS", "-x", "s.minisig")
            #expect(theirs.status == 0, "\(theirs.errorText)")
            #expect(throws: TrustError.self) { try MinisignSignature(file: bench.get("s.minisig")) }
        }
    }
}
