// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import PackStorage
import Testing

private func planned(_ name: String, _ size: Int64, _ kind: PackContent.Kind = .other) -> PackContent {
    let chunks = stride(from: 0, to: size, by: 100_000).map { offset in
        let length = Int(min(100_000, size - offset))
        return PackContent.Chunk(length: length, digest: .ofBytes(Array("\(name)@\(offset)".utf8)))
    }
    let several = chunks.count > 1 ? chunks : []
    return PackContent(digest: .ofBytes(Array(name.utf8)), size: size, kind: kind, path: name, chunks: several)
}

private func planned(_ name: String, _ chunks: [PackContent.Chunk]) -> PackContent {
    PackContent(
        digest: .ofBytes(Array(name.utf8)), size: Int64(chunks.reduce(0) { $0 + $1.length }), kind: .other, path: name,
        chunks: chunks)
}

/// A thousand files of 1 to 200 KiB and a few large ones.
private let tree: [PackContent] =
    (0..<1000).map { planned("share/\($0 % 37)/\($0)", 1024 + Int64($0 * 7919 % 200_000)) }
    + (0..<5).map { planned("bin/\($0)", Int64($0) * 9_000_000 + 1, .machineCode(.amd64)) }

struct PackPlanTests {
    @Test func doesNotDependOnOrder() {
        #expect(PackPlan(tree) == PackPlan(tree.reversed()))
        #expect(PackPlan(tree) == PackPlan(tree + tree.shuffled()))
    }

    @Test func coversEveryByteOnceAndKeepsTheLimits() {
        let plan = PackPlan(tree)
        for (index, content) in plan.contents.enumerated() {
            #expect(plan.runs(at: index).reduce(0) { $0 + $1.length } == content.size)
        }
        #expect(plan.packs.reduce(0) { $0 + $1.unpackedBytes } == tree.reduce(0) { $0 + $1.size })
        #expect(plan.packs.allSatisfy { (1...PackShape.maximumBytes).contains($0.unpackedBytes) })
    }

    @Test func findsEveryContentByItsDigest() {
        let plan = PackPlan(tree)
        for content in tree { #expect(plan.content(content.digest) == content) }
        #expect(plan.content(.ofBytes(Array("another".utf8))) == nil)
        #expect(PackPlan([]).content(tree[0].digest) == nil)
    }

    @Test func ofEqualContentsTheFirstByPathStays() {
        let content = tree[0]
        let other = PackContent(digest: content.digest, size: content.size, kind: content.kind, path: "a")
        let plan = PackPlan([other] + tree + [content])
        #expect(plan.contents.count == tree.count)
        #expect(plan.content(content.digest)?.path == "a")
        #expect(plan.packs.reduce(0) { $0 + $1.unpackedBytes } == tree.reduce(0) { $0 + $1.size })
    }

    @Test func neverMixesKinds() {
        let kinds = Dictionary(tree.map { ($0.digest, $0.kind) }) { first, _ in first }
        for pack in PackPlan(tree).packs { #expect(pack.slices.allSatisfy { kinds[$0.content] == pack.kind }) }
    }

    @Test func cutsALargeContentWhereItsBytesSay() {
        let sizes = PackPlan([planned("big", 700_000_000), planned("small", 5)]).packs.map(\.unpackedBytes)
        // The last one may be shorter, but is no rest that compresses badly.
        #expect(sizes.dropLast(2).allSatisfy { (32 << 20...PackShape.maximumBytes).contains($0) })
        #expect(sizes.dropLast().allSatisfy { $0 > 16 << 20 })
        #expect(Set(sizes).count > sizes.count / 2)
        #expect(sizes.last == 5)
    }

    @Test func aLargeContentThatFitsIsNotCut() {
        #expect(PackPlan([planned("program", 60_000_000)]).packs.map(\.unpackedBytes) == [60_000_000])
    }

    /// What a release costs that changes one program is that program.
    @Test func separateProgramsDoNotTouchEachOther() {
        let programs = (0..<5).map { planned("bin/\($0)", 40_000_000, .machineCode(.amd64)) }
        let before = PackPlan(programs).packs
        #expect(before.count == 5)
        let after = PackPlan(programs.dropFirst() + [planned("bin/0new", 40_100_000, .machineCode(.amd64))]).packs
        #expect(after.filter { !before.contains($0) }.count == 1)
    }

    /// And a small one that changes is compressed on two processors, and no other program with it.
    @Test func aSmallProgramIsCutAndTouchesNoLargerOne() {
        let others = [13_000_000, 20_000_000, 50_000_000].map { planned("bin/\($0)", $0, .machineCode(.amd64)) }
        let before = PackPlan(others + [planned("bin/17", 11_400_000, .machineCode(.amd64))]).packs
        let changed = planned("bin/17new", 11_500_000, .machineCode(.amd64))
        let after = PackPlan(others + [changed]).packs.filter { !before.contains($0) }
        #expect(after.allSatisfy { $0.slices.allSatisfy { $0.content == changed.digest } })
        #expect(after.count == 2)
        #expect(after.allSatisfy { $0.unpackedBytes < 8 << 20 })
    }

    /// A large one among them by its path does not come between.
    @Test(arguments: [PackShape.separate, .together])
    func smallerProgramsShareAPack(shape: PackShape) {
        let small = [1, 2, 4].map { planned("bin/\($0)", 13_000_000, .machineCode(.amd64)) }
        let plan = PackPlan(small + [planned("bin/3", 50_000_000, .machineCode(.amd64))], shape: shape)
        #expect(plan.packs.allSatisfy { $0.unpackedBytes <= PackShape.maximumBytes })
        let holders = plan.packs.filter { pack in small.contains { pack.slices.map(\.content).contains($0.digest) } }
        #expect(holders.count <= (shape == .separate ? 1 : 2))
        #expect(plan == PackPlan([planned("bin/3", 50_000_000, .machineCode(.amd64))] + small.reversed(), shape: shape))
    }

    @Test func carriesARowOfChunksOnce() {
        let row = planned("base", 50_000_000)
        let before = PackContent.Chunk(length: 60_000, digest: .ofBytes([1]))
        let after = PackContent.Chunk(length: 70_000, digest: .ofBytes([2]))
        // Two chunks are too few to be fetched from elsewhere.
        let few = Array(row.chunks[3...4])
        let both = planned("both", [before] + row.chunks + [after] + few)
        let plan = PackPlan([row, both])
        let new: Int64 = 60_000 + 70_000 + 200_000
        #expect(plan.packs.reduce(0) { $0 + $1.unpackedBytes } == row.size + new)
        let index = plan.contents.firstIndex { $0.path == "both" } ?? 0
        #expect(plan.runs(at: index).reduce(0) { $0 + $1.length } == both.size)
        // A file that is nothing but known chunks needs no bytes of its own, however small it is.
        let part = planned("part", few)
        #expect(PackPlan([row, both, part]).packs == plan.packs)
    }

    @Test(arguments: [PackShape.separate, .together])
    func aChangeInALargeContentMovesFewPacks(shape: PackShape) {
        let chunks = planned("big", 600_000_000).chunks
        let before = PackPlan([planned("big", chunks)], shape: shape).packs.map { $0.slices.map(\.digest) }
        for victim in stride(from: 0, to: chunks.count, by: 700) {
            var changed = chunks
            changed[victim] = PackContent.Chunk(length: 30_000, digest: .ofBytes(Array("new\(victim)".utf8)))
            let after = PackPlan([planned("big", changed)], shape: shape).packs.map { $0.slices.map(\.digest) }
            #expect(after.filter { !before.contains($0) }.count <= 3)
        }
    }

    /// Tiny ones go together.
    @Test func tinyProgramsShareAPack() {
        let tiny = (0..<40).map { planned("bin/\($0)", 90_000, .machineCode(.amd64)) }
        #expect(PackPlan(tiny).packs.count == 1)
    }

    @Test func oneChangeMovesFewPacks() {
        let before = PackPlan(tree).packs
        #expect(before.count > 4)
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

    @Test func presetsAreNamed() {
        #expect(Packing.Preset.allCases.map(\.rawValue) == ["fast", "default", "small"])
        #expect(Packing.standard == Packing(codec: .standard, codesDeltas: true))
        #expect(Packing.Preset.allCases.map { Packing($0).codesDeltas } == [false, true, true])
        #expect(Packing.Preset.allCases.map { Packing($0).shape } == [.together, .separate, .together])
    }
}
