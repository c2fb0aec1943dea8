// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// Keys that this program never sees: OpenSSL has the secret half, a program of the operator's asks it.
@Suite(.enabled(if: SystemCommandRunner.locate("openssl") != nil, "openssl is not installed"))
struct ExternalSignerTests {
    let scratch: ScratchDirectory
    let original: [UInt8]
    let bundle: String
    let secret: String
    let open: String

    init() async throws {
        scratch = try ScratchDirectory()
        original = try BundleFixture().bytes()
        bundle = try scratch.write("a.bundle", original).text
        secret = (scratch.path / "k.pem").text
        open = (scratch.path / "k.pub").text
        let runner = SystemCommandRunner()
        let made = try await runner.run(Command(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret]))
        let der = (scratch.path / "k.der").text
        let shown = try await runner.run(
            Command(["openssl", "pkey", "-in", secret, "-pubout", "-outform", "DER", "-out", der]))
        #expect(made.status == 0 && shown.status == 0)
        #expect(await run("key", "import", der, "-o", open) == 0)
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func signer(_ name: String, _ script: String) throws -> String {
        let path = try scratch.write(name, Array("#!/bin/sh -e\n\(script)\n".utf8))
        try FileSystem.setPermissions(path, 0o700)
        return path.text
    }

    private var sign: String {
        "cat >\(scratch.path.text)/d; openssl pkeyutl -sign -rawin -inkey \(secret) -in \(scratch.path.text)/d"
    }

    @Test func signsBoth() async throws {
        for (name, script) in [("raw", sign), ("base64", sign + " | base64 -w0; echo")] {
            try FileSystem.write(original, to: HostPath(bundle))
            let program = try signer(name, script + "; echo \"$# $1\" >>\(scratch.path.text)/\(name).calls")
            #expect(await run("sign", bundle, "--key", open, "--signer", "\(program) --label") == 0)
            #expect(await run("verify", bundle, "--pubkey", open) == 0)
            // A signature and one over it and the comment; the key follows the operator's own arguments.
            let calls = try FileSystem.readAll(scratch.path / "\(name).calls", limit: 4096)
            #expect(String(decoding: calls, as: UTF8.self) == "2 --label\n2 --label\n")
        }
    }

    /// Nothing is written before both signatures hold.
    @Test(arguments: [
        ("exit 3", 1), ("head -c 64 /dev/zero", 3), ("echo no signature", 1), ("true", 1), ("head -c 65 /dev/zero", 1),
        // The first one right, the second one again the first.
        (
            "d=$(dirname \"$0\"); cat >$d/d; [ -s $d/1 ] || openssl pkeyutl -sign -rawin -inkey $d/k.pem -in $d/d >$d/1; cat $d/1",
            3
        ),
    ])
    func refuses(script: String, status: Int32) async throws {
        let program = try signer("bad", script)
        #expect(await run("sign", bundle, "--key", open, "--signer", program) == status)
        #expect(try FileSystem.readAll(HostPath(bundle), limit: 1 << 20) == original)
    }

    @Test func wantsAKeyAndAProgram() async throws {
        #expect(await run("sign", bundle, "--signer", "true") == 64)
        #expect(await run("sign", bundle, "--key", open) == 64)
        #expect(await run("sign", bundle, "--key", open, "--signer", " ") == 64)
        #expect(await run("sign", bundle, "--key", open, "--signer", "/nonexistent/signer") == 1)
        let plain = (scratch.path / "plain.key").text
        #expect(await run("key", "generate", "-o", plain, "--no-password") == 0)
        #expect(await run("sign", bundle, "--key", plain, "--signer", "true") == 64)
        #expect(try FileSystem.readAll(HostPath(bundle), limit: 1 << 20) == original)
    }

    @Test func importsOnlyEd25519() async throws {
        let other = (scratch.path / "other.pub").text
        #expect(await run("key", "import", open, "-o", other) == 1)
        #expect(await run("key", "import", open, "-o", open) == 1)
        #expect(await run("key", "import", secret, "-o", other) == 1)
        #expect(await run("key", "import", secret, "-o", "x.key") == 64)
        let pem = (scratch.path / "pem").text
        let shown = try await SystemCommandRunner().run(
            Command(["openssl", "pkey", "-in", secret, "-pubout", "-out", pem]))
        #expect(shown.status == 0)
        #expect(await run("key", "import", pem, "-o", other) == 0)
        #expect(try FileSystem.readAll(HostPath(other), limit: 4096) == FileSystem.readAll(HostPath(open), limit: 4096))
        // The point of order one: anyone can sign for it.
        let weak: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 1]
        let file = try scratch.write("weak.der", weak + [UInt8](repeating: 0, count: 31)).text
        #expect(await run("key", "import", file, "-o", (scratch.path / "weak.pub").text) == 3)
    }
}
