// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostRecords
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

/// A disk fills up while a medium is read and its packs are unpacked: both end, what is said is that it is full, and where, and
/// the host is as it was.
@Suite(.timeLimit(.minutes(2)), .enabled(if: geteuid() == 0, "mounts file systems"))
struct FullDiskWhileReadTests {
    /// The unpacker's fault: what reads goes on to the end of the medium, or waits for a part that never comes.
    @Test(arguments: [true, false]) func noRoomForTheTree(isWaiting: Bool) async throws {
        try await withDisk(at: \.home) { medium, disk in
            let bytes = try medium.bytes()
            let source = isWaiting ? try medium.parted(bytes) { _, _ in } : try medium.source(bytes)
            let fault = try await fault(medium, source) { disk.fill() }
            #expect(fault?.code == ENOSPC)
            #expect(fault?.path.hasPrefix(medium.host.layout.releases.text) == true)
        }
    }

    /// The reader's, in the last pack, which is waited for.
    @Test func noRoomForThePacks() async throws {
        try await withDisk(at: \.allRecords) { medium, disk in
            let source = try medium.parted(try medium.bytes()) { place, rest in
                guard try medium.isUnpacked(ReadMedium.first) else { return }
                disk.fill()
                try FileSystem.write(rest, to: place)
            }
            let fault = try await fault(medium, source) {}
            #expect(fault?.code == ENOSPC)
            #expect(fault?.path.hasPrefix(medium.host.layout.staging.text) == true)
        }
    }

    /// With a small disk at a place of the host's, which is as it was behind the body.
    private func withDisk(
        at place: (HostLayout) -> HostPath, _ body: (ReadMedium, SmallDisk) async throws -> Void
    ) async throws {
        let host = try EngineHost()
        try FileSystem.createDirectories(place(host.layout))
        let disk = try SmallDisk(place(host.layout))
        defer { withExtendedLifetime(host) { disk.unmount() } }
        let medium = try await ReadMedium(on: host)
        let before = try host.standing(try host.moment())
        try await body(medium, disk)
        try asBefore(before, medium, disk)
    }

    /// One disk for both, full at any byte: whoever meets it first says so.
    @Test(arguments: Array(stride(from: 0, through: 320, by: 32))) func noRoomForEither(free: Int) async throws {
        let root = try FileSystem.createTemporaryDirectory()
        let disk = try SmallDisk(root)
        defer {
            disk.unmount()
            _ = try? FileSystem.removeTree(root)
        }
        let host = try EngineHost(at: root)
        let medium = try await ReadMedium(on: host)
        let before = try host.standing(try host.moment())
        let source = try medium.source(try medium.bytes())
        let fault = try await fault(medium, source) { disk.fill(but: free << 10) }
        #expect(fault?.code == ENOSPC)
        try asBefore(before, medium, disk)
    }

    /// - Returns: what undid the installation, in `stage`.
    private func fault(
        _ medium: ReadMedium, _ source: BundleSource, beforeStage: @escaping @Sendable () -> Void
    ) async throws -> SystemCallError? {
        let installation = medium.host.installation { if $0 == .begins(.stage) { beforeStage() } }
        let prepared = try await installation.prepare(.install, source)
        let failure = await #expect(throws: DeploymentFailure.self) { try await installation.run(prepared) }
        guard case .undone(.stage, let cause)? = failure else {
            Issue.record("\(String(describing: failure))")
            return nil
        }
        return try #require(cause as? SystemCallError, "\(cause)")
    }

    private func asBefore(_ before: EngineHost.Standing, _ medium: ReadMedium, _ disk: SmallDisk) throws {
        try disk.makeRoom()
        try medium.takeAway()
        #expect(try !FileSystem.exists(medium.layout.journal))
        let differences = try medium.host.standing(try medium.host.moment()).difference(from: before)
        #expect(differences == [])
    }
}

/// A file system of 16 MiB.
private struct SmallDisk: Sendable {
    private let place: HostPath
    private var ballast: HostPath { place / "ballast" }

    init(_ place: HostPath) throws {
        self.place = place
        guard mount("none", place.text, "tmpfs", 0, "size=16m") == 0 else {
            throw SystemCallError(call: "mount", path: place.text, code: errno)
        }
    }

    func fill(but free: off_t = 0) {
        guard let file = try? HostFile.open(ballast, .append(permissions: 0o600)) else { return }
        for size in [1 << 20, 1 << 12, 1] { while (try? file.write([UInt8](repeating: 1, count: size))) != nil {} }
        guard let size = try? FileSystem.status(ballast)?.size else { return }
        _ = truncate(ballast.text, off_t(size) - free)
    }

    func makeRoom() throws { try FileSystem.remove(ballast) }
    func unmount() { _ = umount2(place.text, Int32(MNT_DETACH)) }
}
