// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import SoftwareBills

/// A program that is too large to be held: it is read once, from its beginning to its end. Its head says where its data is, Go's
/// mark is caught in passing, and the names of its sections stand at its end.
struct PassingProgram {
    private static let step = 1 << 20
    /// Room for both texts of a Go program (`GoBuild`).
    private static let caught = 9 << 20

    private struct Window {
        var place: Int64
        var bytes: [UInt8]
    }

    private var head: Window
    private var mark: Window?
    private var tail: Window
    private let data: [ELFSegment]

    /// - Parameter buffer: holds the first MiB, and takes one after the other.
    init(_ buffer: GrowingBuffer, _ source: any ByteSource) throws {
        head = Window(place: 0, bytes: Array(buffer.bytes))
        tail = head
        data = try ELFSegment.all(in: buffer.image).filter(\.isWritableData)
        look(at: head)
        while true {
            try buffer.fill(from: source, upTo: PassingProgram.step)
            if buffer.count == 0 { break }
            let place = tail.place + Int64(tail.bytes.count)
            let next = Window(place: place, bytes: Array(buffer.bytes))
            if let known = mark?.bytes.count {
                mark?.bytes += next.bytes.prefix(PassingProgram.caught - known)
            } else {
                look(at: next)
            }
            // The last MiB and what there is of one more.
            tail = Window(
                place: place - Int64(min(tail.bytes.count, PassingProgram.step)),
                bytes: tail.bytes.suffix(PassingProgram.step) + next.bytes)
        }
    }

    /// - Parameter room: as `ProgramBill.packages` has it.
    /// - Throws: `BillFault`.
    func packages(room: inout Int) throws -> [SoftwarePackage] {
        let windows = [head, mark, tail].compactMap(\.self)
        let image = ELFImage(size: tail.place + Int64(tail.bytes.count)) { offset, target in
            for window in windows where offset >= window.place {
                let part = window.bytes.dropFirst(Int(offset - window.place)).prefix(target.count)
                guard !part.isEmpty else { continue }
                target.copyBytes(from: part)
                return part.count
            }
            return 0
        }
        return try ProgramBill.packages(
            ofLarge: image, mark: mark.map { UInt64($0.place) }, limit: LayerScan.wholeProgram, room: &room)
    }

    /// Windows begin at multiples of 16, as the mark does.
    private mutating func look(at window: Window) {
        let bytes = window.bytes
        for start in stride(from: 0, to: bytes.count - GoBuild.magic.count, by: GoBuild.alignment)
        where bytes[start] == 0xff {
            let place = UInt64(window.place) + UInt64(start)
            guard bytes[start..<(start + GoBuild.magic.count)].elementsEqual(GoBuild.magic),
                data.contains(where: { place >= $0.offset && place - $0.offset < $0.fileSize })
            else { continue }
            mark = Window(place: Int64(place), bytes: Array(bytes[start...]))
            return
        }
    }
}
