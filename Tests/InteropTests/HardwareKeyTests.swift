// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import HostSystem
import TestSupport
import Testing

/// A key that never leaves its token: SoftHSM's, made by OpenSC's pkcs11-tool, asked by the programs in `install/`.
@Suite(
    .enabled(if: Workbench.has("softhsm2-util", "pkcs11-tool", "python3", "minisign"), "SoftHSM is not installed"),
    .serialized)
struct HardwareKeyTests {
    let bench: Workbench
    let open: String
    private let module = "/usr/lib/softhsm/libsofthsm2.so"
    private let programs = HostPath(#filePath).parent.parent.parent / "install"

    init() async throws {
        bench = try Workbench()
        open = (bench.path / "release.pub").text
        try FileSystem.createDirectories(bench.path / "tokens", permissions: 0o700)
        try bench.put("softhsm.conf", Array("directories.tokendir = \(bench.path.text)/tokens\n".utf8))
        try bench.put("pin", Array("4321\n".utf8), permissions: 0o600)
        // Two keys in the token: the right one is found by its public half.
        for step in [
            "softhsm2-util --init-token --free --label release --so-pin 12345678 --pin 4321",
            "\(tool) --login --pin 4321 --keypairgen --key-type EC:edwards25519 --label other --id 01",
            "\(tool) --login --pin 4321 --keypairgen --key-type EC:edwards25519 --label release --id 02",
            "\(tool) --read-object --type pubkey --id 02 --output-file \(bench.path.text)/release.spki",
        ] {
            let done = try await shell(step)
            #expect(done.status == 0, "\(step): \(done.errorText)")
        }
        #expect(await run("key", "import", (bench.path / "release.spki").text, "-o", open) == 0)
    }

    private var tool: String { "pkcs11-tool --module \(module) --token-label release" }
    private var settings: String { "SOFTHSM2_CONF=\(bench.path.text)/softhsm.conf" }

    /// Of any length: the program that gives the token the whole document.
    private var whole: String {
        "env \(settings) \((programs / "sign-with-pkcs11").text) --module \(module) --token release"
    }

    /// pkcs11-tool itself, up to 1,024 bytes.
    private var short: String {
        "env \(settings) PKCS11_PIN_FILE=\(bench.path.text)/pin \((programs / "sign-with-pkcs11-tool").text)"
            + " --module \(module) --token-label release"
    }

    private func shell(_ line: String) async throws -> CommandResult {
        try await SystemCommandRunner().run(Command(["sh", "-c", "export \(settings); exec \(line)"]))
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func bundle(files: Int) throws -> (path: String, bytes: [UInt8]) {
        var fixture = BundleFixture()
        for number in 0..<files { fixture.files["share/\(number)"] = "content \(number)\n" }
        let bytes = try fixture.bytes()
        try bench.put("\(files).bundle", bytes)
        return ((bench.path / "\(files).bundle").text, bytes)
    }

    /// Stock tools prove what the token signed.
    private func provesElsewhere(_ bundle: String) async throws {
        let unpacked = try await bench.run("tar", "xf", bundle)
        #expect(unpacked.status == 0)
        let proven = try await shell(
            "sh -c 'cd \(bench.path.text) && minisign -V -p release.pub -m SHA256SUMS -x signatures/*.minisig'")
        #expect(proven.status == 0, "\(proven.errorText)")
    }

    @Test func signsBundlesOfAnySize() async throws {
        for files in [0, 40] {
            let (path, _) = try bundle(files: files)
            #expect(
                await run("sign", path, "--key", open, "--signer", "\(whole) --pin-file \(bench.path.text)/pin") == 0)
            #expect(await run("verify", path, "--pubkey", open) == 0)
            try await provesElsewhere(path)
            #expect(try await bench.run("rm", "-rf", "signatures").status == 0)
        }
    }

    @Test func signsShortDocumentsByThePlainTool() async throws {
        let (small, _) = try bundle(files: 0)
        #expect(await run("sign", small, "--key", open, "--signer", short) == 0)
        #expect(await run("verify", small, "--pubkey", open) == 0)
        // It says so before the token is asked, and nothing is written.
        let (large, before) = try bundle(files: 40)
        #expect(await run("sign", large, "--key", open, "--signer", short) == 1)
        #expect(try bench.get("40.bundle") == before)
    }

    @Test func wrongPINsAndMissingKeysWriteNothing() async throws {
        let (path, before) = try bundle(files: 0)
        try bench.put("wrong", Array("0000\n".utf8), permissions: 0o600)
        #expect(
            await run("sign", path, "--key", open, "--signer", "\(whole) --pin-file \(bench.path.text)/wrong") == 1)
        let stranger = (bench.path / "s.key").text
        #expect(await run("key", "generate", "-o", stranger, "--no-password") == 0)
        let strangerOpen = (bench.path / "s.pub").text
        for signer in ["\(whole) --pin-file \(bench.path.text)/pin", short] {
            #expect(await run("sign", path, "--key", strangerOpen, "--signer", signer) == 1)
        }
        #expect(try bench.get("0.bundle") == before)
    }
}
