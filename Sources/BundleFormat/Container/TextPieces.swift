// SPDX-License-Identifier: Apache-2.0

/// The text of a long document in pieces, each given up when its lines were read: a list of 200,000 files is then never in memory
/// both as text and as what was read of it. It cannot be copied, so nobody else holds a piece.
package struct TextPieces: ~Copyable {
    /// The last one first.
    private var waiting: [[UInt8]]
    /// Bytes of all of them.
    package let count: Int

    /// - Parameter pieces: in their order, cut anywhere.
    package init(_ pieces: [[UInt8]]) {
        count = pieces.reduce(0) { $0 + $1.count }
        waiting = pieces.reversed()
    }

    /// Goes through the lines.
    ///
    /// - Parameter document: its name, for what is wrong in it.
    /// - Returns: how many lines there were.
    /// - Throws: `FormatError.badLine` for what `take` throws, and for a last line without newline.
    consuming func readLines(
        of document: String, _ take: (UnsafeBufferPointer<UInt8>) throws(LineFault) -> Void
    ) throws(FormatError) -> Int {
        var number = 0
        // What stands behind the last newline that was seen.
        var rest: [UInt8] = []
        while let piece = waiting.popLast() {
            guard let newline = piece.lastIndex(of: UInt8(ascii: "\n")) else {
                rest += piece
                continue
            }
            let whole = rest + piece[...newline]
            rest = Array(piece[(newline + 1)...])
            number = try TextPieces.readLines(whole, of: document, after: number, take)
        }
        return try TextPieces.readLines(rest, of: document, after: number, take)
    }

    private static func readLines(
        _ text: [UInt8], of document: String, after number: Int,
        _ take: (UnsafeBufferPointer<UInt8>) throws(LineFault) -> Void
    ) throws(FormatError) -> Int {
        try text.withUnsafeBufferPointer { buffer -> Result<Int, FormatError> in
            var lines = LineReader(buffer)
            do throws(LineFault) {
                while let line = try lines.next() { try take(line) }
                return .success(number + lines.number)
            } catch {
                return .failure(.badLine(document: document, line: number + lines.number, error))
            }
        }.get()
    }
}
