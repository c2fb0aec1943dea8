// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer
import Testing

struct MemoryNeedTests {
    private func manifest(_ services: [String: (Service.Strategy, Int64?)]) throws -> Manifest {
        let zeros = try #require(Digest(bytes: [UInt8](repeating: 0, count: 32)))
        var manifest = Manifest(
            name: try #require(ReleaseName("shop")), version: try #require(Version("1.0.0")), arch: .amd64,
            tree: InstalledTree(sha256: zeros, files: 0, directories: 0, bytes: 0))
        manifest.services = services.mapValues {
            Service(run: ["/x"], strategy: $0.0, limits: ResourceLimits(memory: $0.1))
        }
        return manifest
    }

    @Test func bothSlotsAndRecreateServicesOnce() throws {
        let old = try manifest(["web": (.blueGreen, 100), "db": (.recreate, 40), "gone": (.recreate, 7)])
        let new = try manifest(["web": (.blueGreen, 200), "db": (.recreate, 50), "api": (.blueGreen, nil)])
        let need = MemoryNeed(new, running: old)
        #expect(need.newSlot == 200)
        #expect(need.oldSlot == 100)
        // The old db stops before the new one starts; what this release drops runs until the drain has ended.
        #expect(need.once == 57)
        #expect(need.total == 357)
        #expect(need.additional == 210)
        #expect(need.unlimited == ["api"])
    }

    @Test func aFirstInstallNeedsOneSlot() throws {
        let need = MemoryNeed(try manifest(["web": (.blueGreen, 100), "db": (.recreate, 40)]), running: nil)
        #expect(need.total == 140)
        #expect(need.additional == 140)
    }

    @Test func sizesAtTheEdgeDoNotTrap() throws {
        let huge = try manifest(["a": (.blueGreen, Int64.max), "b": (.recreate, Int64.max)])
        #expect(MemoryNeed(huge, running: huge).total == Int64.max)
    }
}
