// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostSystem
import TestSupport
import Testing
import Trust

/// `docs/verify-tree.sh` proves what bundle installed, with none of our code: it must say so of a good tree, and of no other.
@Suite(.enabled(if: Workbench.has("openssl", "awk"), "openssl or awk is not installed"))
struct TreeVerifierTests {
    private static let script = HostPath(#filePath).parent / "../../docs/verify-tree.sh"

    /// An evidence directory and an installed tree, made of a signed bundle as an installation makes them.
    private struct Installed {
        let bench: Workbench
        let tree: HostPath
        var evidence: HostPath { bench.path / "evidence" }

        init() throws {
            bench = try Workbench()
            let (fixture, key) = try BundleFixture.signed()
            try bench.put("demo.bundle", try fixture.bytes())
            try bench.put("k.pub", key.publicKey.file)
            let head = try UnverifiedBundle.open(bench.path / "demo.bundle")
                .proveHead(by: Keyring(keys: [key.publicKey]))
            for member in head.evidence {
                let path = bench.path / "evidence" / member.name.description
                try FileSystem.createDirectories(path.parent)
                try FileSystem.write(member.bytes, to: path)
            }
            tree = bench.path / "\(head.identity.version)-\(head.releaseDigest.short)"
            let executables = Set(head.manifest.executables.map(\.path.text))
            for (path, text) in fixture.files {
                try FileSystem.createDirectories((tree / path).parent)
                try FileSystem.write(
                    Array(text.utf8), to: tree / path, permissions: executables.contains(path) ? 0o755 : 0o644)
            }
            for (path, target) in fixture.symlinks { try FileSystem.replaceSymlink(tree / path, target: target) }
        }

        func run(key: String = "k.pub") async throws -> CommandResult {
            let status = try FileSystem.status(bench.path)
            let command = Command(
                ["sh", TreeVerifierTests.script.text, (bench.path / key).text, evidence.text, tree.text],
                environment: ["OWNER": "\(status?.user ?? 0):\(status?.group ?? 0)"], timeoutSeconds: 60)
            return try await SystemCommandRunner().run(command)
        }
    }

    @Test func believesWhatWasInstalled() async throws {
        let result = try await Installed().run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.hasPrefix("PROVEN: demo 1.2.3 amd64 is what "))
    }

    private static let faults: [(String, String)] = [
        ("a byte", "printf x >>TREE/share/page.html"),
        ("a byte of an empty file", "printf x >TREE/share/empty"),
        ("a file more", "touch TREE/share/more"),
        ("a hidden file", "touch TREE/..more"),
        ("a directory more", "mkdir TREE/more"),
        ("a file less", "rm TREE/share/empty"),
        ("a mode", "chmod 4755 TREE/bin/web"),
        ("a lost mode", "chmod 644 TREE/bin/web"),
        ("a writable directory", "chmod 777 TREE/share"),
        ("a link elsewhere", "ln -sfn /bin/sh TREE/bin/www"),
        ("a link in place of a file", "cp TREE/share/page.html . && ln -sf \"$PWD/page.html\" TREE/share/page.html"),
        ("a file in place of a link", "rm TREE/bin/www && cp TREE/bin/web TREE/bin/www"),
        ("a pipe", "mkfifo TREE/pipe"),
        ("a name of two lines", "touch TREE/'a\nb'"),
        ("the manifest", "printf '\\n' >>evidence/manifest.json"),
        ("the list of files", "sed -i '1s/^./f/' evidence/files.sha256"),
        ("a list without a file", "sed -i 1d evidence/files.sha256 && rm TREE/bin/web"),
        ("the readme", "sed -i 's/demo/dema/' evidence/README.txt"),
        ("the signed list", "sed -i '2s/^./0/' evidence/SHA256SUMS"),
        ("no signature", "rm evidence/signatures/*"),
        ("an empty signature", "for f in evidence/signatures/*; do : >$f; done"),
        (
            "another place",
            "mv TREE elsewhere && mkdir TREE && mv elsewhere TREE/x"
        ),
    ]

    @Test(arguments: faults) func refuses(_ name: String, _ change: String) async throws {
        let installed = try Installed()
        let script = change.split(separator: "TREE", omittingEmptySubsequences: false).joined(
            separator: installed.tree.name)
        let changed = try await SystemCommandRunner().run(
            Command(["sh", "-c", "cd '\(installed.bench.path.text)' && \(script)"]))
        try #require(changed.status == 0, "\(changed.errorText)")
        let result = try await installed.run()
        #expect(result.status == 1, "\(name): \(result.outputText)\(result.errorText)")
        #expect(!result.outputText.contains("PROVEN"))
    }

    @Test func refusesAnothersKey() async throws {
        let installed = try Installed()
        let other = try SigningKey.generate()
        try installed.bench.put("other.pub", other.publicKey.file)
        #expect(try await installed.run(key: "other.pub").status == 1)
        // Its name is a claim, its bytes decide.
        let signatures = installed.evidence / "signatures"
        let name = try #require(try FileSystem.list(signatures).first)
        try FileSystem.rename(signatures / name, to: signatures / "\(other.publicKey.fingerprint.hex).minisig")
        #expect(try await installed.run(key: "other.pub").status == 1)
    }

    @Test func isShort() throws {
        let text = String(decoding: try FileSystem.readAll(Self.script, limit: 1 << 16), as: UTF8.self)
        #expect(
            text.split(separator: "\n", omittingEmptySubsequences: false).count <= 61,
            "60 lines and what is behind the last line feed")
    }
}
