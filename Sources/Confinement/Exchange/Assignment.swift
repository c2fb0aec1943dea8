// SPDX-License-Identifier: Apache-2.0
import Compression

/// What a child is asked for: 24 bytes, which as many bytes follow as it says.
struct Assignment: Equatable {
    static let size = 24

    enum Kind: Equatable {
        case decode(CompressedForm)
        case render
    }

    var kind: Kind
    /// How many bytes follow.
    var inputBytes: Int64
    /// `decode`: exactly as many bytes are to come out. `render`: at most.
    var outputBytes: Int64

    private static let kinds: [Kind] = [
        .decode(.xz), .decode(.zstd), .decode(.raw), .render, .decode(.delta),
    ]

    init(_ kind: Kind, inputBytes: Int64, outputBytes: Int64) {
        self.kind = kind
        self.inputBytes = inputBytes
        self.outputBytes = outputBytes
    }

    /// - Returns: nil for what no parent of ours says.
    init?(_ bytes: [UInt8]) {
        let number = WireNumbers.number(bytes, as: Int64.self)
        guard bytes.count == Assignment.size, Assignment.kinds.indices.contains(Int(clamping: number)) else {
            return nil
        }
        kind = Assignment.kinds[Int(number)]
        inputBytes = WireNumbers.number(bytes[8...], as: Int64.self)
        outputBytes = WireNumbers.number(bytes[16...], as: Int64.self)
        guard inputBytes >= 0, outputBytes >= 0 else { return nil }
    }

    var bytes: [UInt8] {
        let number = Assignment.kinds.firstIndex(of: kind) ?? Assignment.kinds.count
        return WireNumbers.bytes(Int64(number)) + WireNumbers.bytes(inputBytes) + WireNumbers.bytes(outputBytes)
    }
}
