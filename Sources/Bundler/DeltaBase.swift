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

    package init(
        path: String, name: ReleaseName, arch: Architecture, releases: [PackIndex.Base], contents: Set<Digest>
    ) {
        self.path = path
        self.name = name
        self.arch = arch
        self.releases = releases
        self.contents = contents
    }

    /// The release of a bundle, full or itself a delta: who installed it has all of its contents.
    package init(_ head: ProvenHead, path: String) {
        self.init(
            path: path, name: head.identity.name, arch: head.identity.arch,
            releases: [PackIndex.Base(version: head.identity.version, digest: head.releaseDigest)],
            contents: head.packedContents)
    }
}

/// The contents of a release, parted into what is carried and what its target has.
struct DeltaSplit {
    private(set) var carried: [PackContent] = []
    private(set) var needs: [PackIndex.Need] = []
    /// Those of which something is needed.
    private(set) var bases: [PackIndex.Base] = []

    init(_ contents: [PackContent], against given: [DeltaBase]) {
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
}
