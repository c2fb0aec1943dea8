// SPDX-License-Identifier: Apache-2.0
#if COUNT_UNPROVEN
    import BundleFormat
    import Commands
    import Cryptography
    import HostSystem
    import Synchronization
    import TestSupport
    import Testing
    import Trust
    import VectorMaking

    /// Promise 1, counted: over all vectors, no byte comes to liblzma, libzstd, libarchive or a JSON decoder that a trusted
    /// signature, and a hash chained to it, does not cover.
    @Suite struct UnprovenBytesTests {
        @Test(arguments: Vector.Kind.allCases)
        func noneReachADecoder(kind: Vector.Kind) async throws {
            for vector in try VectorSet.vectors() where vector.kind == kind {
                let count = try DecodedBytes(proven: ProvenDigests(vector))
                await count.watching { _ = await VectorReading(vector: vector).answer() }
                #expect(count.unproven.isEmpty, "\(vector.name)")
                // A count that nothing reaches would be right for ever.
                if vector.expected == .good { #expect(count.proven >= Self.least(vector), "\(vector.name)") }
            }
        }

        /// The same by the program's own verb, which reads head, documents and packs.
        @Test func noneReachADecoderOfTheProgram() async throws {
            for vector in try VectorSet.vectors() where vector.kind == .bundle || vector.kind == .unpack {
                guard vector.believed.count == 1, vector.revoked.isEmpty, vector.threshold == 1 else { continue }
                let scratch = try ScratchDirectory()
                let bundle = try scratch.write("a.bundle", vector.bytes)
                let key = try scratch.write("a.pub", TestKeys.key(vector.believed[0]).publicKey.file)
                let count = try DecodedBytes(proven: ProvenDigests(vector))
                let status = await count.watching {
                    await Entry.run([
                        "extract", bundle.text, "-C", (scratch.path / "out").text, "--pubkey", key.text,
                    ])
                }
                #expect(count.unproven.isEmpty, "\(vector.name)")
                if status == 0 { #expect(count.proven > 0, "\(vector.name)") }
            }
        }

        /// What the count is for: a document and a pack that nothing proved.
        @Test func countsWhatNothingProved() async throws {
            let count = DecodedBytes(proven: [])
            await count.watching {
                _ = try? ManifestDocument.decode(Array("{}".utf8))
                _ = try? StrictJSON.parse([1, 2, 3])
            }
            #expect(count.unproven == ["json: 2 bytes", "json: 3 bytes"])
            #expect(count.proven == 0)
        }

        /// What reading a good one decodes at the least.
        private static func least(_ vector: Vector) -> Int {
            switch vector.kind {
            case .bundle, .unpack, .chain, .root, .admission: 1
            case .publicKey, .secretKey, .signature, .document, .receipt: 0
            }
        }
    }

    /// Counts what decoders are handed in one task, by what of it is proven.
    private final class DecodedBytes: Sendable {
        private let known: Set<Digest>
        private let counts = Mutex((proven: 0, unproven: [String]()))

        init(proven: Set<Digest>) { known = proven }

        convenience init(proven: ProvenDigests) { self.init(proven: proven.digests) }

        var proven: Int { counts.withLock { $0.proven } }
        var unproven: [String] { counts.withLock { $0.unproven } }

        func watching<Result>(_ work: () async throws -> Result) async rethrows -> Result {
            try await DecoderWatch.$told.withValue({ self.take($0, $1) }, operation: work)
        }

        private func take(_ decoder: DecoderWatch.Decoder, _ bytes: [UInt8]) {
            let isProven = known.contains(Digest.ofBytes(bytes))
            counts.withLock {
                if isProven {
                    $0.proven += bytes.count
                } else {
                    $0.unproven.append("\(decoder.rawValue): \(bytes.count) bytes")
                }
            }
        }
    }
#endif
