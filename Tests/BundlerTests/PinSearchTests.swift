// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import Glibc
import HostSystem
import Testing
import YAMLDocuments

@testable import Bundler

@Suite(.timeLimit(.minutes(1)))
struct PinSearchTests {
    /// Opening it would wait for whoever writes into it: nobody does.
    @Test func aPipeIsNoImage() async throws {
        let shop = try ReleaseWorkshop()
        let pipe = shop.sources / "pipe.tar"
        #expect(mkfifo(pipe.text, 0o600) == 0)
        let text =
            "spec: 1\nname: shop\narch: [amd64]\nimages: { q: { archive: pipe.tar, digest: pending } }\n"
            + "services: { a: { image: q } }\n"
        let spec = try BundleSpec.decode(YAMLDocument.parse(Array(text.utf8), file: "bundle.yaml"))
        let search = PinSearch(spec, directory: shop.sources, isUpdate: false) { _ in throw CancellationError() }
        let error = await #expect(throws: BundlerError.self) { try await search.pins(nil) }
        guard case .sources(let problems)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(problems.map(\.fact) == [.specialFile])
    }
}
