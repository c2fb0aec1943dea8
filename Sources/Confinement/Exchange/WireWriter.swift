// SPDX-License-Identifier: Apache-2.0

/// Puts values one behind another: numbers of a fixed width, bytes and texts behind their length.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: some FixedWidthInteger) { bytes += WireNumbers.bytes(number) }

    mutating func put(_ more: [UInt8]) {
        put(UInt32(clamping: more.count))
        bytes += more
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }
}

/// Takes them out again. Everything is nil for bytes that no `WireWriter` made.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        guard let piece = take(MemoryLayout<Number>.size) else { return nil }
        return WireNumbers.number(piece, as: Number.self)
    }

    mutating func bytes() -> [UInt8]? {
        guard let count = number(UInt32.self), let piece = take(Int(count)) else { return nil }
        return Array(piece)
    }

    mutating func text() -> String? { bytes().flatMap { String(validating: $0, as: UTF8.self) } }

    /// How many things follow: no more than there are bytes left for them.
    mutating func count() -> Int? {
        guard let count = number(UInt32.self), Int(count) <= rest.count else { return nil }
        return Int(count)
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
