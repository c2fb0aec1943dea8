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
    private var waiting: ArraySlice<PackRoute>
    private var active: [(route: PackRoute, sink: any ByteSink)] = []
    private var position: Int64 = 0

    init(_ routes: [PackRoute]) { waiting = routes.sorted { $0.offset < $1.offset }[...] }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let end = position + Int64(bytes.count)
        while let next = waiting.first, next.offset < end {
            active.append((next, try next.begin()))
            waiting.removeFirst()
        }
        for (route, sink) in active {
            let from = max(route.offset, position)
            let to = min(route.offset + route.length, end)
            try sink.write(UnsafeRawBufferPointer(rebasing: bytes[Int(from - position)..<Int(to - position)]))
            if to == route.offset + route.length { try route.end() }
        }
        active.removeAll { $0.route.offset + $0.route.length <= end }
        position = end
    }

    /// Whether every route got all of its bytes.
    var isComplete: Bool { waiting.isEmpty && active.isEmpty }
}
