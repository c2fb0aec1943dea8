// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials
import NIOHTTP1
import Testing

@testable import EngineFakes
@testable import Installer

private let base = [UInt8](repeating: 1, count: 3 << 20)
private let top = Array("top".utf8)
private let config = Array("{}".utf8)

private func image(manifest: [UInt8]? = nil, diff: Digest? = nil) -> Image {
    Image(
        kind: "docker-archive", config: Image.Blob(digest: .ofBytes(config), bytes: 2),
        manifest: manifest.map { Image.Blob(digest: .ofBytes($0), bytes: Int64($0.count)) },
        layers: [
            Image.Layer(digest: .ofBytes(base), bytes: Int64(base.count), diff: .ofBytes(base)),
            Image.Layer(digest: .ofBytes(top), bytes: 3, diff: diff ?? .ofBytes(top)),
        ])
}

@Suite("The endpoint that runtimes pull from")
struct ImageEndpointTests {
    private struct Gone: Error {}

    private func withEndpoint(_ shelf: ImageShelf, _ body: (ImageEndpoint) async throws -> Void) async throws {
        let contents = [base, top, config].reduce(into: [Digest: [UInt8]]()) { $0[.ofBytes($1)] = $1 }
        let endpoint = try await ImageEndpoint(shelf) { digest, sink in
            guard let bytes = contents[digest] else { throw Gone() }
            // In pieces, as packs give them; the third one of a lost content never comes.
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                try bytes[start..<min(bytes.count, start + 1 << 20)].withUnsafeBytes { try sink.write($0) }
            }
        }
        do { try await body(endpoint) } catch {
            await endpoint.close()
            throw error
        }
        await endpoint.close()
    }

    @Test("gives an image's manifest and its parts, whole")
    func serves() async throws {
        var shelf = ImageShelf(prefix: "bundle-0")
        shelf.put(image(), manifest: nil)
        try await withEndpoint(shelf) { endpoint in
            let reference = shelf.reference(.ofBytes(config), port: endpoint.port)
            #expect(reference == "127.0.0.1:\(endpoint.port)/bundle-0/\(Digest.ofBytes(config).short):carried")
            #expect(try await LoopbackPull.config(of: reference) == .ofBytes(config))
            for bytes in [config, base, top] {
                let answer = try await LoopbackPull.get(reference, "blobs", "sha256:\(Digest.ofBytes(bytes))")
                #expect(answer?.0 == .ok)
                #expect(answer?.1 == bytes)
            }
            let head = try await LoopbackPull.get(
                reference, "blobs", "sha256:\(Digest.ofBytes(base))", method: .HEAD)
            #expect(head?.0 == .ok)
            #expect(head?.1.isEmpty == true)
            let put = try await LoopbackPull.get(reference, "blobs", "sha256:\(Digest.ofBytes(base))", method: .PUT)
            #expect(put?.0 == .methodNotAllowed)
        }
    }

    @Test("cuts off what it cannot give, so that nobody takes a part for the whole")
    func cutsOff() async throws {
        var shelf = ImageShelf(prefix: "p")
        var lost = image()
        lost.layers.append(Image.Layer(digest: .ofBytes([9]), bytes: 100, diff: .ofBytes([9])))
        shelf.put(lost, manifest: nil)
        try await withEndpoint(shelf) { endpoint in
            let reference = shelf.reference(.ofBytes(config), port: endpoint.port)
            await #expect(throws: (any Error).self) {
                _ = try await LoopbackPull.get(reference, "blobs", "sha256:\(Digest.ofBytes([9]))")
            }
        }
    }

    @Test(
        "knows nothing else",
        arguments: [
            "/", "/v2/other/ID/manifests/carried", "/v2/p/db/manifests/carried", "/v2/p/ID/manifests/latest",
            "/v2/p/ID/blobs/sha256:00", "/v2/p/ID/blobs/../../x", "/v2/p/ID/tags/list",
        ])
    func unknown(_ path: String) {
        var shelf = ImageShelf(prefix: "p")
        shelf.put(image(), manifest: nil)
        #expect(shelf.answer(to: path.replacing("ID", with: Digest.ofBytes(config).short)) == .unknown)
    }

    @Test("keeps a carried manifest bit for bit, under its own type and digest")
    func carriedManifest() {
        let manifest = Array(#"{"mediaType":"application/vnd.oci.image.manifest.v1+json", "x":1}"#.utf8)
        var shelf = ImageShelf(prefix: "p")
        shelf.put(image(manifest: manifest), manifest: manifest)
        let wanted = ImageShelf.Answer.manifest(
            bytes: manifest, type: "application/vnd.oci.image.manifest.v1+json", digest: .ofBytes(manifest))
        #expect(shelf.answer(to: "/v2/p/\(Digest.ofBytes(config).short)/manifests/carried") == wanted)
        #expect(
            shelf.answer(to: "/v2/p/\(Digest.ofBytes(config).short)/manifests/sha256:\(Digest.ofBytes(manifest))")
                == wanted)
    }

    @Test("makes a manifest of Docker's schema 2 where none was carried; a layer that is compressed is called so")
    func madeManifest() throws {
        struct Manifest: Decodable {
            struct Part: Decodable {
                let mediaType: String
                let digest: String
                let size: Int
            }
            let layers: [Part]
        }
        let bytes = ImageShelf.manifest(of: image(diff: .ofBytes([5])))
        let made = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
        let type = "application/vnd.docker.image.rootfs.diff.tar"
        #expect(made.layers.map(\.mediaType) == [type, "\(type).gzip"])
        #expect(made.layers.map(\.size) == [base.count, 3])
        #expect(made.layers.map(\.digest) == [base, top].map { "sha256:\(Digest.ofBytes($0))" })
    }
}
