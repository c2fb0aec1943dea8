// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
import HostSystem

@testable import EngineFakes
@testable import HostRecords

/// One host of the rig: `PLACE/host` are its files, `PLACE/world` what its fakes know. Other directories of PLACE keep
/// moments of it, in the same form.
final class RigHost: Sendable {
    let place: HostPath
    let engine: EngineHost
    let bundles: RigBundles
    private let world: MappedFile

    init(_ place: HostPath) throws {
        self.place = place
        engine = try EngineHost(at: place / "host")
        bundles = RigBundles(place: place / "bundles")
        let world = try MappedFile(place / "world")
        self.world = world
        if !world.content.isEmpty {
            try JSONDecoder().decode(FakeWorld.self, from: Data(world.content)).restore(to: engine)
        }
        // Behind each act of a fake, and nowhere else: no call of the engine's lies between an act and this.
        engine.wire.watch { [unowned engine] _ in try RigHost.save(engine, in: world) }
    }

    static func create(_ place: HostPath) throws -> RigHost {
        try FileSystem.removeTree(place / "host")
        try FileSystem.createDirectories(place / "host")
        try MappedFile.create(place / "world")
        return try RigHost(place)
    }

    private static func save(_ engine: EngineHost, in world: MappedFile) throws {
        world.content = Array(try JSONEncoder().encode(FakeWorld(of: engine)))
    }

    func save() throws { try RigHost.save(engine, in: world) }

    // MARK: - Moments

    func keep(as name: String) throws {
        try save()
        let other = place / name
        try FileSystem.removeTree(other)
        try FileSystem.createDirectories(other / "host")
        try FileTree(of: engine.root).restore(to: other / "host")
        try MappedFile.create(other / "world")
        try MappedFile(other / "world").content = world.content
    }

    func has(_ name: String) throws -> Bool { try FileSystem.exists(place / name) }

    func moment(_ name: String) throws -> EngineHost.Moment {
        let kept = try JSONDecoder().decode(FakeWorld.self, from: Data(MappedFile.read(place / name / "world")))
        return EngineHost.Moment(
            tree: try FileTree(of: place / name / "host"), units: kept.units, traffic: kept.rules?.state, images: [:])
    }

    func restore(_ name: String) throws {
        try engine.restore(try moment(name))
        try save()
    }
}
