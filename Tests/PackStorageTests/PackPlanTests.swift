// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import PackStorage
import Testing

private func planned(_ name: String, _ size: Int64, _ kind: PackContent.Kind = .other) -> PackContent {
    let runs = stride(from: 0, to: size, by: Int(PackPlan.maximumBytes)).map {
        Digest.ofBytes(Array("\(name)@\($0)".utf8))
    }
    return PackContent(digest: .ofBytes(Array(name.utf8)), size: size, kind: kind, path: name, runs: runs)
}

/// A thousand files of 1 to 200 KiB and a few large ones.
private let tree: [PackContent] =
    (0..<1000).map { planned("share/\($0 % 37)/\($0)", 1024 + Int64($0 * 7919 % 200_000)) }
    + (0..<5).map { planned("bin/\($0)", Int64($0) * 9_000_000 + 1, .executable(.amd64)) }

struct PackPlanTests {
    @Test func doesNotDependOnOrder() {
        #expect(PackPlan(tree) == PackPlan(tree.reversed()))
        #expect(PackPlan(tree) == PackPlan(tree + tree.shuffled()))
    }

    @Test func coversEveryByteOnceAndKeepsTheLimits() {
        let plan = PackPlan(tree)
        for content in plan.contents {
            #expect(plan.places(of: content).reduce(0) { $0 + $1.length } == content.size)
        }
        #expect(plan.packs.reduce(0) { $0 + $1.unpackedBytes } == tree.reduce(0) { $0 + $1.size })
        #expect(plan.packs.allSatisfy { (1...PackPlan.maximumBytes).contains($0.unpackedBytes) })
    }

    @Test func neverMixesKinds() {
        let kinds = Dictionary(tree.map { ($0.digest, $0.kind) }) { first, _ in first }
        for pack in PackPlan(tree).packs { #expect(pack.slices.allSatisfy { kinds[$0.content] == pack.kind }) }
    }

    @Test func cutsALargeContentInRuns() {
        let plan = PackPlan([planned("big", 2 * PackPlan.maximumBytes + 5)])
        #expect(plan.packs.map(\.unpackedBytes) == [PackPlan.maximumBytes, PackPlan.maximumBytes, 5])
    }

    @Test func oneChangeMovesFewPacks() {
        let before = PackPlan(tree).packs
        #expect(before.count > 8)
        for victim in stride(from: 0, to: 1000, by: 50) {
            let changes: [[PackContent]] = [
                Array(tree[..<victim] + tree[(victim + 1)...]), tree + [planned("share/7/new\(victim)", 90_000)],
            ]
            for change in changes {
                let after = PackPlan(change).packs
                #expect(after.filter { !before.contains($0) }.count <= 2)
            }
        }
    }

    @Test func emptyContentsNeedNoPack() {
        let plan = PackPlan([planned("empty", 0)])
        #expect(plan.packs.isEmpty)
        #expect(plan.contents.count == 1)
    }
}

struct PackCodecTests {
    @Test(arguments: [
        ("xz", PackCodec.xz(preset: 6)), ("xz:0", .xz(preset: 0)), ("xz:9", .xz(preset: 9)),
        ("zstd:3", .zstd(level: 3)),
        ("zstd", .zstd(level: 19)), ("raw", .raw),
    ])
    func reads(text: String, codec: PackCodec) { #expect(PackCodec(text) == codec) }

    @Test(arguments: [
        "", "xz:", "xz:10", "xz:-1", "xz:06", "xz:+6", "zstd:0", "zstd:20", "raw:1", "XZ", "gzip", "xz:6:",
    ])
    func refuses(text: String) { #expect(PackCodec(text) == nil) }
}
