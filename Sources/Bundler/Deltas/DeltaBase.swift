// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleReading
import PackStorage

/// What the target of a delta has already: releases, and the contents that came with them.
package struct DeltaBase: Sendable {
    /// As it was named on the command line.
    package let path: String
    package let name: ReleaseName
    package let arch: Architecture
    /// A host that has installed all of them has the contents.
    package let releases: [PackIndex.Base]
    package let contents: Set<Digest>
    /// What contents can be coded against; nil where only words of it are at hand.
    package let predecessors: Predecessors?

    package init(
        path: String, name: ReleaseName, arch: Architecture, releases: [PackIndex.Base], contents: Set<Digest>,
        predecessors: Predecessors? = nil
    ) {
        self.path = path
        self.name = name
        self.arch = arch
        self.releases = releases
        self.contents = contents
        self.predecessors = predecessors
    }

    /// The release of a bundle, full or itself a delta: who installed it has all of its contents.
    package init(_ head: ProvenHead, path: String, predecessors: Predecessors? = nil) {
        self.init(
            path: path, name: head.identity.name, arch: head.identity.arch,
            releases: [PackIndex.Base(version: head.identity.version, digest: head.releaseDigest)],
            contents: head.packedContents, predecessors: predecessors)
    }
}

/// The contents of a release, parted into what is carried and what its target has.
struct DeltaSplit {
    private(set) var carried: [PackContent] = []
    private(set) var needs: [PackIndex.Need] = []
    /// Those of which something is needed.
    private(set) var bases: [PackIndex.Base] = []

    init(_ contents: [PackContent], against given: [DeltaBase]) {
        guard !given.isEmpty else {
            carried = contents
            return
        }
        var seen: Set<Digest> = []
        var used: Set<Int> = []
        for content in contents {
            // An empty content costs nothing to carry.
            guard content.size > 0, let base = given.firstIndex(where: { $0.contents.contains(content.digest) }) else {
                carried.append(content)
                continue
            }
            used.insert(base)
            if seen.insert(content.digest).inserted {
                needs.append(PackIndex.Need(digest: content.digest, size: content.size))
            }
        }
        bases = Array(Set(used.flatMap { given[$0].releases }))
    }

    /// What was coded against older contents is carried otherwise, and those are needed.
    ///
    /// - Parameter base: which one has the older content of a coded one.
    mutating func take(_ coded: [CodedContent], base: (CodedContent) -> DeltaBase) {
        let digests = Set(coded.map(\.content.digest))
        carried.removeAll { digests.contains($0.digest) }
        var known = Set(needs.map(\.digest))
        for one in coded where known.insert(one.older.digest).inserted { needs.append(one.older) }
        bases = Array(Set(bases + coded.flatMap { base($0).releases }))
    }
}
