// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A run of a pack and where its bytes go.
struct PackRoute {
    let offset: Int64
    let length: Int64
    /// Made when the run's first byte comes, so that only what is being written is open.
    let begin: () throws -> any ByteSink
    /// Called after its last byte.
    let end: () throws -> Void
}

/// Takes the unpacked bytes of a pack in order and hands each run of them to its route. Runs may overlap.
final class RangeRouter: ByteSink {
    /// Routes that wait are not made yet: a pack may hold a hundred thousand files.
    private let more: () -> PackRoute?
    private var next: PackRoute?
    /// Begun, and longer than what came.
    private var active: [(route: PackRoute, sink: any ByteSink)] = []
    private var position: Int64 = 0

    convenience init(_ routes: [PackRoute]) { self.init(sorted: routes.sorted { $0.offset < $1.offset }) }

    /// - Parameter routes: by offset; each is asked for when the one before has begun.
    init(sorted routes: some Sequence<PackRoute>) {
        var iterator = routes.makeIterator()
        more = { iterator.next() }
        next = more()
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let end = position + Int64(bytes.count)
        let begun = active
        active = []
        for (route, sink) in begun { try pass(bytes, route, sink) }
        // One that ends here is closed before the next begins, however many small ones came at once.
        while let route = next, route.offset < end {
            try pass(bytes, route, try route.begin())
            next = more()
        }
        position = end
    }

    private func pass(_ bytes: UnsafeRawBufferPointer, _ route: PackRoute, _ sink: any ByteSink) throws {
        let from = max(route.offset - position, 0)
        let to = min(route.offset + route.length - position, Int64(bytes.count))
        try sink.write(UnsafeRawBufferPointer(rebasing: bytes[Int(from)..<Int(to)]))
        if position + to == route.offset + route.length { try route.end() } else { active.append((route, sink)) }
    }

    /// Whether every route got all of its bytes.
    var isComplete: Bool { next == nil && active.isEmpty }
}
