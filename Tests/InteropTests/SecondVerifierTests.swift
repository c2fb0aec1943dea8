// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// `verifier.py` was written from docs/format.md alone. Where it and we disagree, one of the three is wrong.
@Suite(.enabled(if: Workbench.has("python3", "openssl"), "python3 or openssl is not installed"), .serialized)
struct SecondVerifierTests {
    private static let script = HostPath(#filePath).parent / "../Support/verifier/verifier.py"

    @Test func agreesOnGoodAndDamagedBundles() async throws {
        var (fixture, key) = try BundleFixture.signed()
        fixture.trust = ["trust/1.json": "{}\n"]
        let good = try fixture.bytes()
        let members = try fixture.members()
        var files = [("good", good), ("appended", good + [0]), ("cut", Array(good.dropLast(512)))]
        // A prime step, so that every column of the headers is met.
        for offset in stride(from: 0, to: good.count, by: 211) {
            var changed = good
            changed[offset] ^= offset % 2 == 0 ? 1 : 0x20
            files.append(("byte\(offset)", changed))
        }
        for index in members.indices {
            var changed = members
            changed.remove(at: index)
            files.append(("without\(index)", try BundleFixture.container(changed)))
            changed = members
            changed.swapAt(index, (index + 1) % members.count)
            files.append(("swapped\(index)", try BundleFixture.container(changed)))
            changed = members
            changed.insert(("docs/zzz", [65]), at: index)
            files.append(("added\(index)", try BundleFixture.container(changed)))
        }
        var other = fixture
        other.keys = [try SigningKey.generate()]
        files.append(("stranger", try other.bytes()))
        other.keys.append(key)
        files.append(("both", try other.bytes()))
        other.keys = []
        files.append(("unsigned", try other.bytes()))
        try await compare(files, key)
    }

    /// Signed by the right key, and wrong all the same.
    @Test func agreesOnWhatASignerGotWrong() async throws {
        let (good, key) = try BundleFixture.signed()
        var files: [(String, [UInt8])] = []
        func add(_ name: String, _ change: (inout BundleFixture) -> Void) throws {
            var fixture = good
            change(&fixture)
            files.append((name, try fixture.bytes()))
        }
        try add("version") { $0.changeManifest = { $0.version = Version(major: 9, minor: 0, patch: 0) } }
        try add("tree") { $0.changeManifest = { $0.tree.sha256 = Digest.ofBytes([1]) } }
        try add("files") { $0.changeManifest = { $0.tree.files += 1 } }
        try add("space") { $0.changeManifestBytes = { $0.append(UInt8(ascii: "\n")) } }
        try add("duplicate") {
            $0.changeManifestBytes = { $0 = Array("{\n \"arch\": \"arm64\",".utf8) + $0.dropFirst(1) }
        }
        try add("order") {
            $0.changeChecksums = { sums in sums = sums.split(separator: 10).reversed().flatMap { $0 + [10] } }
        }
        try add("capitals") { $0.changeChecksums = { $0[70] ^= 0x20 } }
        try await compare(files, key)
    }

    private func compare(_ files: [(String, [UInt8])], _ key: SigningKey) async throws {
        let bench = try Workbench()
        try bench.put("k.pub", key.publicKey.file)
        for (name, bytes) in files { try bench.put(name, bytes) }
        let command = Command(
            ["python3", Self.script.text, (bench.path / "k.pub").text] + files.map { (bench.path / $0.0).text },
            timeoutSeconds: 300)
        let result = try await SystemCommandRunner().run(command)
        #expect(result.status == 0, "\(result.errorText)")
        let answers = result.outputText.split(separator: "\n")
        try #require(answers.count == files.count)
        #expect(answers[0].hasPrefix("proven") == (files[0].0 == "good"))
        for ((name, _), answer) in zip(files, answers) {
            let ours: Bool
            do {
                _ = try UnverifiedBundle.open(bench.path / name)
                    .proveHead(by: Keyring(keys: [key.publicKey])).verifyBody()
                ours = true
            } catch {
                ours = false
            }
            #expect(ours == answer.hasPrefix("proven"), "\(name): \(answer)")
        }
    }

    /// What README.txt tells a person to type, typed.
    @Test(.enabled(if: Workbench.has("sh", "tar", "sha256sum", "minisign"), "a stock tool is not installed"))
    func readmeIsTrue() async throws {
        let bench = try Workbench()
        let (fixture, key) = try BundleFixture.signed()
        try bench.put("demo-1.2.3-amd64.bundle", fixture.bytes())
        try bench.put("KEY.pub", key.publicKey.file)
        let text = Readme(try fixture.identity).text
        // From `tar xf` on, the indented lines but those that call us, with the one name filled in.
        let lines = text.split(separator: "\n").drop { !$0.contains("tar xf") }
            .filter { $0.hasPrefix("  ") && !$0.hasPrefix("  bundle ") }
            .map { $0.replacing("signatures/KEY", with: "signatures/\(key.publicKey.fingerprint)") }
            .filter { Workbench.has("signify") || !$0.contains("signify") }
        #expect(lines.count >= 9)
        let script = "set -e\ncd \(bench.path)\n" + lines.joined(separator: "\n") + "\n"
        let good = try await SystemCommandRunner().run(Command(["sh"], input: Array(script.utf8)))
        #expect(good.status == 0, "\(good.outputText)\(good.errorText)")
        #expect(good.outputText.contains("Signature and comment signature verified"))
        #expect(good.outputText.contains("Signature Verified Successfully"))
        #expect(good.outputText.contains("packs.index: OK"))
    }
}
