// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization

/// Parts as the one file that `cat` would make of them, read where they lie. Several threads may read.
///
/// Without waiting all parts must be at hand when it is opened. With it, each is looked for when it is read, and only one is
/// open at a time: the stick before may be pulled. What comes back under a name is read as it is; the digests of the
/// bundle decide.
final class PartedFile: PlacedBytes, @unchecked Sendable {
    let listPath: HostPath
    let list: PartList
    private let search: PartSearch
    private let state: Mutex<State>

    struct Opened: @unchecked Sendable {
        let file: HostFile
        let bytes: Int64
        var place: HostPath { file.path.parent }
    }

    private struct State: Sendable {
        /// By number, from 1; those that are open now.
        var open: [Int: Opened] = [:]
        var order: [Int] = []
        /// Of all parts but the last.
        var partBytes: Int64 = 0
        /// Known once it was seen.
        var lastBytes: Int64?
    }

    private static let openLimit = 16

    init(list path: HostPath, search: PartSearch) throws {
        let bytes = try FileSystem.readAll(path, limit: PartList.bytesLimit)
        list = try PartList(parsing: bytes, document: path.text)
        listPath = path
        self.search = search
        state = Mutex(State())
        if search.waiting == nil { try demandAll() }
        let partBytes = try usualSize()
        state.withLock { $0.partBytes = partBytes }
        if search.waiting == nil {
            for number in 1...count { _ = try part(number) }
        } else {
            _ = try part(1)
        }
    }

    var count: Int { list.digests.count }

    /// Bytes of all parts; while the last one has not been seen, the most that there can be.
    var size: Int64 {
        state.withLock { Int64(count - 1) * $0.partBytes + ($0.lastBytes ?? $0.partBytes) }
    }

    /// The size, when it must be exact: that waits for the last part.
    func exactSize() throws -> Int64 {
        _ = try part(count)
        return size
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let partBytes = state.withLock { $0.partBytes }
        let number = min(Int(offset / partBytes), count - 1) + 1
        let inside = offset - Int64(number - 1) * partBytes
        let opened = try part(number)
        guard inside < opened.bytes else { return 0 }
        let room = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<Int(min(Int64(buffer.count), opened.bytes - inside))])
        do {
            let read = try opened.file.read(at: inside, into: room)
            guard read > 0 || room.isEmpty else { throw BundleError.changedWhileRead }
            return read
        } catch let fault as SystemCallError {
            throw PartError.unreadable(name: list.name(number), place: opened.place, fault)
        }
    }

    /// - Throws: `BundleError.changedWhileRead` when a part that is open is longer or shorter now.
    func checkSizes() throws {
        for opened in state.withLock({ $0.open.values.map(\.self) }) {
            guard try opened.file.size() == opened.bytes else { throw BundleError.changedWhileRead }
        }
    }

    /// The numbers of the parts that some bytes of the file lie in.
    func numbers(of range: Range<Int64>) -> ClosedRange<Int> {
        let partBytes = state.withLock { $0.partBytes }
        let first = min(Int(range.lowerBound / partBytes), count - 1) + 1
        return first...max(first, min(Int(max(0, range.upperBound - 1) / partBytes), count - 1) + 1)
    }

    /// The offset at which a part begins.
    func start(of number: Int) -> Int64 { Int64(number - 1) * state.withLock { $0.partBytes } }

    /// A part for reading; nil when it is not at hand, without waiting for it.
    func atHand(_ number: Int) -> Opened? {
        if let opened = state.withLock({ $0.open[number] }) { return opened }
        return try? fitting(number).found
    }

    // MARK: finding

    func part(_ number: Int) throws -> Opened {
        while true {
            if let opened = state.withLock({ $0.open[number] }) { return opened }
            let (found, unfit) = try fitting(number)
            if let found {
                keep(found, number)
                return found
            }
            guard let waiting = search.waiting else {
                throw PartError.missing(
                    list: listPath, names: [list.name(number)], looked: search.all(beside: listPath))
            }
            // Nothing of ours is open while somebody is asked to change the stick: it can be unmounted.
            state.withLock {
                $0.open = [:]
                $0.order = []
            }
            try waiting([list.name(number)], unfit)
        }
    }

    private func keep(_ opened: Opened, _ number: Int) {
        state.withLock { state in
            state.open[number] = opened
            state.order.append(number)
            if number == count { state.lastBytes = opened.bytes }
            if state.order.count > (search.waiting == nil ? PartedFile.openLimit : 1) {
                state.open[state.order.removeFirst()] = nil
            }
        }
    }

    /// A file of the part's name that has a size which it can have. Of several with other bytes, the one that is listed.
    private func fitting(_ number: Int) throws -> (found: Opened?, unfit: [HostPath]) {
        let (partBytes, lastBytes) = state.withLock { ($0.partBytes, $0.lastBytes) }
        var fits: [Opened] = []
        var unfit: [(HostPath, Int64)] = []
        for path in PartSearch.files(list.name(number), in: search.all(beside: listPath)) {
            guard let file = try? HostFile.openRegular(path), let bytes = try? file.size() else { continue }
            let isRight = number < count ? bytes == partBytes : (1...(lastBytes ?? partBytes)).contains(bytes)
            if isRight { fits.append(Opened(file: file, bytes: bytes)) } else { unfit.append((path, bytes)) }
        }
        if fits.count > 1 {
            let listed = try fits.first { try PartScan($0, from: 0, packs: nil).digest == list.digests[number - 1] }
            return (listed ?? fits[0], [])
        }
        if let found = fits.first { return (found, []) }
        if search.waiting == nil, let (path, bytes) = unfit.first {
            throw wrongSize(number, path.parent, bytes, partBytes)
        }
        return (nil, unfit.map(\.0))
    }

    private func wrongSize(_ number: Int, _ place: HostPath, _ bytes: Int64, _ expected: Int64) -> PartError {
        bytes < expected
            ? .cut(name: list.name(number), place: place, bytes: bytes, expected: expected)
            : .tooLong(name: list.name(number), place: place, bytes: bytes, expected: expected)
    }

    // MARK: sizes

    private func sizes(_ number: Int) -> [Int64] {
        PartSearch.files(list.name(number), in: search.all(beside: listPath)).compactMap {
            try? HostFile.openRegular($0).size()
        }
    }

    private func demandAll() throws {
        let missing = (1...count).filter { sizes($0).isEmpty }.map(list.name)
        guard missing.isEmpty else {
            throw PartError.missing(list: listPath, names: missing, looked: search.all(beside: listPath))
        }
    }

    /// What most of the parts but the last have; of two parts in all the first decides, unless it is the shorter.
    private func usualSize() throws -> Int64 {
        while true {
            var votes: [Int64: Int] = [:]
            for number in 1...max(1, count - 1) {
                for bytes in Set(sizes(number)) where bytes > 0 { votes[bytes, default: 0] += 1 }
            }
            if let most = votes.values.max() {
                // Of sizes with as many votes the larger: what is cut is shorter.
                let usual = votes.filter { $0.value == most }.keys.max() ?? 0
                if count == 2, let last = sizes(2).max(), last > usual {
                    let first = PartSearch.files(list.name(1), in: search.all(beside: listPath))
                    throw wrongSize(1, first.first?.parent ?? listPath.parent, usual, last)
                }
                return usual
            }
            guard let waiting = search.waiting else {
                throw PartError.cut(name: list.name(1), place: listPath.parent, bytes: 0, expected: PartSize.least)
            }
            try waiting([list.name(1)], [])
        }
    }
}
