// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Bundler
import HostSystem
import PackStorage
import Testing
import Trust

/// `create --split`: what comes out, and that nothing else is left or lost.
struct PartOutputTests {
    private func inParts(_ shop: ReleaseWorkshop, _ name: String, _ size: String = "64k") -> CreateRequest {
        var request = shop.request(name, codec: .raw)
        request.partSize = PartSize(size)
        return request
    }

    /// With stock tools, both ways: ours are joined by cat and proven by sha256sum, and split(1) cuts the same parts.
    @Test func partsAreThoseOfSplit() async throws {
        let shop = try ReleaseWorkshop()
        let one = try await shop.build(try shop.fill(), shop.request("one.bundle", codec: .raw))
        let built = try await shop.build(try shop.fill(), inParts(shop, "cut.bundle"))
        #expect(built.path == shop.root / "cut.bundle.parts" && built.bytes == one.bytes && built.parts.count > 3)
        let script = """
            cd \(shop.root) && sha256sum -c --strict cut.bundle.parts && cat cut.bundle.??? | cmp - one.bundle \
            && split -b 64k -a 3 --numeric-suffixes=1 one.bundle one.bundle. \
            && for n in 001 002 003 004; do cmp cut.bundle.$n one.bundle.$n || exit 1; done \
            && sha256sum one.bundle.??? | sed 's/one/cut/' | cmp - cut.bundle.parts
            """
        let check = try await shop.run("sh", "-c", script)
        #expect(check.status == 0, "\(check.outputText)\(check.errorText)")
    }

    @Test func oneThatFitsIsOnePart() async throws {
        let shop = try ReleaseWorkshop()
        let built = try await shop.build(try shop.fill(), inParts(shop, "cut.bundle", "4g"))
        #expect(built.parts == ["cut.bundle.001"])
        #expect(try shop.leftovers.sorted() == ["cut.bundle.001", "cut.bundle.parts"])
    }

    /// A fourth part of an older and longer one would be taken for one of these.
    @Test(arguments: ["cut.bundle.parts", "cut.bundle.001", "cut.bundle.777"])
    func nothingIsReplaced(_ taken: String) async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        try FileSystem.write([1], to: shop.root / taken)
        await #expect(throws: BundlerError.outputExists(shop.root / taken)) {
            try await shop.build(recipe, inParts(shop, "cut.bundle"))
        }
        #expect(try shop.leftovers == [taken])
    }

    /// Taken while it was written: those that have their names already lose them again.
    @Test func nameThatIsTakenMeanwhile() async throws {
        let shop = try ReleaseWorkshop()
        let late = shop.root / "cut.bundle.003"
        let recipe = try shop.fill()
        await #expect(throws: BundlerError.outputExists(late)) {
            try await shop.build(
                recipe, inParts(shop, "cut.bundle"),
                events: StepHook(id: "write") { try? FileSystem.write([1], to: late) })
        }
        #expect(try shop.leftovers == ["cut.bundle.003"])
    }

    @Test func nameThatFAT32WouldNotKeep() async throws {
        let shop = try ReleaseWorkshop()
        let recipe = try shop.fill()
        await #expect(throws: BundlerError.partName("a:b.bundle")) {
            try await shop.build(recipe, inParts(shop, "a:b.bundle"))
        }
        #expect(try shop.leftovers == [])
    }
}
