// SPDX-License-Identifier: Apache-2.0
import HostSystem
import TestSupport
import Testing
import VectorMaking

/// `docs/verify-bundle.sh`, with `docs/verify-documents.sh`, was written from docs/format.md and docs/trust.md. It must never
/// say yes where the answer is no, and says the same as we do wherever the index does not say that it leaves the question to others.
@Suite(.enabled(if: StockTools.areHere, "a stock tool is not installed"), .serialized)
struct ShellVerifierTests {
    static let script = HostPath(#filePath).parent / "../../docs/verify-bundle.sh"
    /// The shells that are here; the second one for a few, as it is the same script.
    static let shells = [["dash"], ["busybox", "sh"]].filter { SystemCommandRunner.locate($0[0]) != nil }

    private func proves(_ vector: Vector, by shell: [String], in scratch: ScratchDirectory) async throws -> Bool {
        let file = try scratch.write("\(vector.name).bundle", vector.bytes)
        let keys = vector.believed.map { (VectorTests.published.path / "common/\($0).pub").text }
        let argv = shell + [Self.script.text, String(vector.threshold), file.text] + keys
        // The first script runs the second by `sh`: that is the same shell, too.
        let program = try #require(SystemCommandRunner.locate(shell[0]))
        let link = Command(["ln", "-sf", program.text, (scratch.path / "sh").text])
        #expect(try await SystemCommandRunner().run(link).status == 0)
        let result = try await SystemCommandRunner().run(
            Command(argv, environment: ["PATH": "\(scratch.path.text):/usr/sbin:/usr/bin:/sbin:/bin"]))
        #expect([0, 1].contains(result.status), "\(vector.name): \(result.errorText)")
        _ = try FileSystem.remove(file)
        return result.status == 0
    }

    @Test func agreesOnEveryBundle() async throws {
        let shell = Self.shells.first ?? ["sh"]
        let vectors = try VectorSet.vectors().filter { $0.kind == .bundle || $0.kind == .unpack }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    let scratch = try ScratchDirectory()
                    for index in stride(from: lane, to: vectors.count, by: 4) {
                        let vector = vectors[index]
                        let isGood = vector.kind == .unpack || vector.expected == .good
                        let answer = try await proves(vector, by: shell, in: scratch)
                        guard answer != isGood else { continue }
                        #expect(vector.uncovered != nil, "\(vector.name): it says \(answer ? "yes" : "no")")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: [
        "good", "good-two-of-two", "counted-one-of-two", "flipped-pack", "files-below-file", "header-setuid",
    ])
    func agreesInEachShell(name: String) async throws {
        let vector = try #require(try VectorSet.vectors().first { $0.name == name })
        let scratch = try ScratchDirectory()
        for shell in Self.shells {
            #expect(try await proves(vector, by: shell, in: scratch) == (vector.expected == .good), "\(shell)")
        }
    }

    /// An auditor reads them in a quarter of an hour, on a printed page.
    @Test(arguments: ["verify-bundle.sh", "verify-documents.sh", "verify-tree.sh", "verify-receipts.sh"])
    func isShortEnoughToRead(name: String) throws {
        let bytes = try FileSystem.readAll(HostPath(#filePath).parent / "../../docs/\(name)", limit: 1 << 20)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= 60)
        #expect(lines.allSatisfy { $0.count <= 130 }, "\(lines.filter { $0.count > 130 })")
    }
}

private enum StockTools {
    static var areHere: Bool {
        ["sh", "tar", "sha256sum", "openssl", "awk"].allSatisfy { SystemCommandRunner.locate($0) != nil }
    }
}
