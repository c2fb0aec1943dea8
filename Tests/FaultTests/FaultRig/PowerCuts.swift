// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// The power cuts of a recorded verb: before each sync, and behind the last call, with what a file system may have made of the
/// changes that no sync had made safe by then.
///
/// - `ext4` (data=ordered): names and modes reach the disk in their order, some or all of them, and any sync takes all of them
///   along; data comes with its own sync, or late, or not at all.
/// - `strict`: a directory's names are safe when that directory was synced, a file's data when that file was; what is not safe
///   is there or not there, directory by directory and file by file, in any combination, and writes are torn. `/etc`, `/opt` and
///   `/var` are file systems of their own: a syncfs(2) in one is none in another.
struct PowerCuts {
    enum Model: String, CaseIterable { case ext4, strict }

    struct Cut {
        /// `12 strict without opt/lake`: before the 12th sync.
        let name: String
        let changes: [RecordedDisk.Change]
        /// Equal for equal disks: how many changes were made, and which of them were lost.
        let key: [Int]
        /// The verb had come to its end.
        let isBehind: Bool
    }

    private typealias Pending = (index: Int, change: RecordedDisk.Change)

    private let disk: RecordedDisk
    private let changes: [RecordedDisk.Change]
    /// With whom it was given: the syncs of this label are not made.
    private let omitting: String?

    init(_ disk: RecordedDisk, omitting: String? = nil) {
        self.disk = disk
        self.omitting = omitting
        changes = disk.events.compactMap { if case .change(let change) = $0 { change } else { nil } }
    }

    /// Labels of all syncs, each once, in order.
    var syncs: [String] {
        var found: [String] = []
        for case .sync(let node, let call, let site, _) in disk.events {
            let label = disk.label(node, call, site)
            if !found.contains(label) { found.append(label) }
        }
        return found
    }

    /// - Parameter body: false to stop.
    func forEach(_ models: [Model] = Model.allCases, _ body: (Cut) async throws -> Bool) async rethrows {
        for model in models {
            var met: Set<[Int]> = []
            var pending: [Pending] = []
            var made = 0
            var number = 0
            for event in disk.events {
                switch event {
                case .change(let change):
                    pending.append((made, change))
                    made += 1
                case .sync(let node, let call, let site, let volume):
                    number += 1
                    if omitting == disk.label(node, call, site) { continue }
                    for cut in cuts("\(number) \(model)", model, pending, made, &met) {
                        guard try await body(cut) else { return }
                    }
                    pending.removeAll { isSafe($0.change, by: node, volume, model) }
                }
            }
            for cut in cuts("end \(model)", model, pending, made, &met, isBehind: true) {
                guard try await body(cut) else { return }
            }
        }
    }

    private func isSafe(_ change: RecordedDisk.Change, by node: Int?, _ volume: String?, _ model: Model) -> Bool {
        if let node { return change.nodes.contains(node) || model == .ext4 && !change.isData }
        return model == .ext4 || change.nodes.contains { disk.volume($0) == volume ?? "" }
    }

    private func cuts(
        _ name: String, _ model: Model, _ pending: [Pending], _ made: Int, _ met: inout Set<[Int]>,
        isBehind: Bool = false
    ) -> [Cut] {
        let variants = model == .ext4 ? PowerCuts.ordered(pending) : strict(pending)
        return variants.compactMap { variant in
            let lost = Set(pending.map(\.index)).subtracting(variant.kept)
            let torn = variant.torn.map { [-$0] } ?? []
            // The same lost changes of the same ones made are the same disk.
            let key = [made] + lost.sorted() + torn
            guard met.insert(key).inserted || isBehind else { return nil }
            var kept: [RecordedDisk.Change] = []
            for (index, change) in changes.prefix(made).enumerated() where !lost.contains(index) {
                if index == variant.torn, case .write(let file, let offset, let bytes) = change {
                    kept.append(.write(file: file, offset: offset, bytes: Array(bytes.prefix(bytes.count / 2))))
                } else {
                    kept.append(change)
                }
            }
            return Cut(name: "\(name) \(variant.name)", changes: kept, key: key, isBehind: isBehind)
        }
    }

    private struct Variant {
        var name: String
        var kept: Set<Int>
        var torn: Int?
    }

    private static func ordered(_ pending: [Pending]) -> [Variant] {
        let names = pending.filter { !$0.change.isData }.map(\.index)
        let data = Set(pending.filter { $0.change.isData }.map(\.index))
        return (0...names.count).flatMap { count in
            let kept = Set(names.prefix(count))
            return [
                Variant(name: "\(count) of \(names.count) names, no data", kept: kept),
                Variant(name: "\(count) of \(names.count) names, data", kept: kept.union(data)),
            ]
        }
    }

    private func strict(_ pending: [Pending]) -> [Variant] {
        let all = Set(pending.map(\.index))
        var variants = [Variant(name: "nothing", kept: []), Variant(name: "everything", kept: all)]
        let nodes = pending.map(\.change.nodes).reduce(into: Set<Int>()) { $0.formUnion($1) }
        // Packs of one store have one name without their digests.
        var alike: [String: Int] = [:]
        for node in nodes.sorted() {
            let own = pending.filter { $0.change.nodes.contains(node) }
            let numbers = Set(own.map(\.index))
            let path = HostPath("/" + (disk.places[node] ?? "?")).withoutRandomness(below: "")
            let number = (alike[path] ?? 0) + 1
            alike[path] = number
            let place = number == 1 ? path : "\(path) \(number)"
            variants.append(Variant(name: "without \(place)", kept: all.subtracting(numbers)))
            variants.append(Variant(name: "only \(place)", kept: numbers))
            if own.count > 1 {
                let half = Set(own.suffix(own.count / 2).map(\.index))
                variants.append(Variant(name: "half of \(place)", kept: all.subtracting(half)))
            }
            if let last = own.last, case .write = last.change {
                variants.append(Variant(name: "torn \(place)", kept: all, torn: last.index))
            }
        }
        return variants
    }
}
