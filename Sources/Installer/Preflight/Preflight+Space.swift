// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

extension Preflight {
    /// What each use of disk takes, in bytes and inodes.
    private func need(_ use: PreflightVolume.Use, block: Int64) -> (bytes: Int64, inodes: Int64) {
        let tree = manifest.tree
        let images = manifest.images.filter { release.imagesToLoad.contains($0.key) }.values
        let imageBytes = images.map(\.bytes).reduce(0, Preflight.add)
        switch use {
        case .staging: return (release.packBytes, Int64(release.packs))
        case .releases:
            guard release.unpacks else { return (0, 0) }
            let inodes = Int64(tree.files) + Int64(tree.directories) + Int64(manifest.symlinks.count)
            // The last block of each file is rounded up.
            let rounding = inodes.multipliedReportingOverflow(by: block)
            return (Preflight.add(tree.bytes, rounding.overflow ? Int64.max : rounding.partialValue), inodes)
        case .evidence: return release.unpacks ? (Int64(tree.files) * 128 + (1 << 20), 32) : (1 << 20, 32)
        case .units: return (1 << 20, Int64(release.units.count) + 16)
        // Layers are pulled into files, then unpacked into the storage; which of them are there the runtime knows alone.
        case .imageSpool: return (imageBytes, images.isEmpty ? 0 : 1)
        // How many files an image has is not known before it is unpacked.
        case .images: return (images.map(Preflight.unpacked).reduce(0, Preflight.add), 0)
        }
    }

    /// A layer that is a plain tar takes what it is; of a compressed one nobody says, and twice its size is what file systems
    /// of programs come to at the least.
    private static func unpacked(_ image: Image) -> Int64 {
        image.layers.map { $0.digest == $0.diff ? $0.bytes : add($0.bytes, $0.bytes) }.reduce(0, add)
    }

    /// Adds up all uses of each file system, with 5 % on top: several paths of ours are often on one.
    func space() -> [PreflightProblem] {
        var found: [PreflightProblem] = []
        for (_, group) in Dictionary(grouping: facts.volumes, by: \.volume.id).sorted(by: { $0.key < $1.key }) {
            guard let first = group.first else { continue }
            var bytes: Int64 = 0
            var inodes: Int64 = 0
            var paths: [HostPath] = []
            for place in group {
                let need = need(place.use, block: place.volume.blockBytes)
                if need.bytes == 0 && need.inodes == 0 { continue }
                bytes = Preflight.add(bytes, need.bytes)
                inodes = Preflight.add(inodes, need.inodes)
                if place.volume.readOnly { paths.append(place.path) }
            }
            if let path = paths.first {
                found.append(.readOnly(path: path))
                continue
            }
            bytes = Preflight.add(bytes, bytes / 20)
            inodes = Preflight.add(inodes, inodes / 20)
            if bytes > first.volume.freeBytes {
                found.append(.noSpace(path: first.path, needed: bytes, free: first.volume.freeBytes))
            }
            if let free = first.volume.freeInodes, inodes > free {
                found.append(.noInodes(path: first.path, needed: inodes, free: free))
            }
        }
        return found
    }

    /// A manifest may claim any size: too much is too much, not a trap.
    private static func add(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? Int64.max : sum
    }
}
