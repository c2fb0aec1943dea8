// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Compression
import Cryptography
import HostSystem
import PackStorage
import TestSupport
import Testing
import Trust

/// A stick that says one thing to who proves and another to who decodes.
@Suite struct MediumPacksTests {
    /// Changes the medium behind the proof, as the last thing before bytes are decoded.
    private struct LateChange: StreamDecoder {
        let path: HostPath

        func decode(
            _ form: CompressedForm, from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink,
            unpackedBytes: Int64
        ) throws {
            let file = try HostFile.open(path, .change)
            try file.write([UInt8](repeating: 0xff, count: Int(file.size())), at: 0)
            try OwnDecoder().decode(
                form, from: source, storedBytes: storedBytes, to: sink, unpackedBytes: unpackedBytes)
        }

        func rest() {}
    }

    @Test func whatWasProvenIsWhatIsDecoded() throws {
        let (fixture, key) = try BundleFixture.signed()
        let scratch = try ScratchDirectory()
        let path = try scratch.write("a.bundle", try fixture.bytes())
        let verified = try UnverifiedBundle.open(path).proveHead(by: Keyring(keys: [key.publicKey])).verifyBody()
        let packs = verified.head.packs
        let content = try #require(verified.head.files.entries.map(\.digest).first { packs.holds($0) })
        let reader = PackReader(index: packs, source: try MediumPacks(verified), decoder: LateChange(path: path))
        let sink = CollectingSink()
        try reader.write(content, to: sink)
        #expect(Digest.ofBytes(sink.bytes) == content)
    }
}
