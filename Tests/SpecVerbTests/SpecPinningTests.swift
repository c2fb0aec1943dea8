// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import HostSystem
import TestSupport
import Testing

@testable import Bundler
@testable import Commands

@Suite(.timeLimit(.minutes(1)))
struct SpecPinningTests {
    /// Each reads the spec, and replaces it: without a turn for each, what others wrote meanwhile is lost.
    @Test func pinsThatAreWrittenAtOnceAllStay() async throws {
        let scratch = try ScratchDirectory()
        let digest = try #require(Digest(hex: String(repeating: "a1", count: 32)))
        let names = (0..<24).map { "q\($0)" }
        let images = names.map { "  \($0): { archive: q.tar } # \($0)\n" }.joined()
        let text = "spec: 1\nname: t\narch: [amd64]\nimages:\n\(images)services: { a: { image: q0 } }\n"
        let path = try scratch.write("bundle.yaml", Array(text.utf8))
        let file = try SpecFile(path.text)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names {
                group.addTask {
                    try file.write([
                        ImagePin(image: name, digests: [.amd64: digest], reference: nil, isKept: false)
                    ])
                }
            }
            try await group.waitForAll()
        }
        let found = try SpecFile(path.text).spec.images.filter { $0.value.digests[.amd64] == digest }.keys
        #expect(Set(found) == Set(names))
        #expect(try FileSystem.list(scratch.path) == ["bundle.yaml"])
    }
}
