// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import TestSupport
import Trust

/// A signed bundle in parts that lie on several "media", directories of a test's own.
final class PartedBundle {
    static let whole = "demo-1.2.3-amd64.bundle"
    let scratch: ScratchDirectory
    let keyring: Keyring
    let bytes: [UInt8]
    let pieces: [[UInt8]]
    let key: SigningKey
    var list: HostPath { medium("a") / PartList.name(of: PartedBundle.whole) }

    /// - Parameter partBytes: no multiple of 512, so that headers lie across parts, too.
    init(partBytes: Int = 50_001, seed: Int = 0) throws {
        var (fixture, key) = try BundleFixture.signed()
        for number in 0..<6 {
            fixture.files["share/\(number)"] = String(
                repeating: "line \(number + seed) of a page\n", count: 3500 + 100 * number)
        }
        scratch = try ScratchDirectory()
        self.key = key
        keyring = Keyring(keys: [key.publicKey])
        bytes = try fixture.bytes()
        pieces = stride(from: 0, to: bytes.count, by: partBytes).map { [start = bytes] in
            Array(start[$0..<min(start.count, $0 + partBytes)])
        }
        for name in ["a", "b", "c"] { try FileSystem.createDirectories(medium(name)) }
    }

    func medium(_ name: String) -> HostPath { scratch.path / name }
    func name(_ number: Int) -> String { PartList.part(number, of: PartedBundle.whole) }

    /// The list on `a`, parts on the media in turn.
    func spread(over media: [String] = ["a", "b", "c"]) throws {
        try writeList()
        for number in 1...pieces.count { try put(number, on: media[(number - 1) % media.count]) }
    }

    func writeList() throws {
        let digests = pieces.map { Digest.ofBytes($0) }
        try FileSystem.write(PartList(whole: PartedBundle.whole, digests: digests).bytes, to: list)
    }

    func put(_ number: Int, on name: String, _ bytes: [UInt8]? = nil) throws {
        try FileSystem.write(bytes ?? pieces[number - 1], to: medium(name) / self.name(number))
    }

    func place(_ number: Int) -> HostPath { medium(["a", "b", "c"][(number - 1) % 3]) }

    var search: PartSearch {
        let media = ["b", "c"].map(medium)
        return PartSearch(places: { media })
    }

    func open(_ path: HostPath? = nil, _ search: PartSearch? = nil) throws -> ProvenHead {
        try UnverifiedBundle.open(path ?? list, search: search ?? self.search).proveHead(by: keyring)
    }

    /// What proving it ends with; nil when it is proven.
    func fault(_ search: PartSearch? = nil) -> PartError? {
        do {
            _ = try open(nil, search).verifyBody()
            return nil
        } catch {
            return error as? PartError
        }
    }
}
