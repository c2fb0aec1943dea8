// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import FuzzInputs
@testable import Images
@testable import SoftwareBills

/// Images that others made, and what is read out of them.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "image": { bytes in
            let image = try ImageInput.open(InputFile.holding(bytes), arch: .amd64)
            var view = FileSystemView()
            let sink = CountingSink()
            for layer in image.layers { _ = try? image.read(layer, into: &view) { try? sink.write($0) } }
        },
        "layer": { bytes in
            var view = FileSystemView()
            try LayerScan.read(TappedSource(InputStream(bytes)) { _ in }, member: "layer", into: &view)
        },
        "filtered": { bytes in
            let stream = try FilteredStream(InputStream(bytes))
            var total = 0
            try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
                // A bomb is its reader's affair: it stops, as they do.
                while total < 4 << 20, case let count = try stream.read(into: buffer), count > 0 { total += count }
            }
        },
        "debian": { bytes in _ = try DebianStatus.packages(bytes) },
        "alpine": { bytes in _ = try AlpineDatabase.packages(bytes) },
        "rpm": { bytes in _ = try RPMDatabase.packages(bytes) },
        "elf": { bytes in
            let source = InputBytes(bytes)
            let image = ELFImage(size: Int64(bytes.count)) { try source.read(at: $0, into: $1) }
            _ = try ProgramBill.packages(image)
        },
        "bill": { bytes in _ = try CycloneDXDocument(parsing: bytes) },
    ]
}
