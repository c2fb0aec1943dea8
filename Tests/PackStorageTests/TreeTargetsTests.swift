// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import Testing

struct TreeTargetsTests {
    @Test func everyFileOfAContentIsFound() throws {
        let contents = (0..<50).map { Digest.ofBytes([UInt8($0)]) }
        // Each content is some files, from one to three; their paths are in no order of digests.
        let entries = try (0..<100).map { number in
            FileList.Entry(
                path: try #require(ReleasePath("share/\(number % 7)/\(number)")),
                digest: contents[number * number % 50])
        }
        let programs = Set(entries[10..<20].map(\.path))
        let targets = TreeTargets(
            try FileList(entries), below: "/tree", executables: programs, where: { !$0.text.hasPrefix("share/3/") })
        for content in contents {
            let expected = entries.filter { $0.digest == content && !$0.path.text.hasPrefix("share/3/") }
                .map {
                    UnpackTarget(
                        path: HostPath("/tree/\($0.path)"), permissions: programs.contains($0.path) ? 0o755 : 0o644)
                }
            #expect(Set(targets.targets(of: content)) == Set(expected))
            #expect(targets.targets(of: content).count == expected.count)
        }
        #expect(targets.targets(of: Digest.ofBytes([99])).isEmpty)
    }
}
