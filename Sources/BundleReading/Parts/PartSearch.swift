// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

/// Where parts are looked for, and what happens while one is not there. What is found is as unproven as any file.
///
/// A part has exactly its name; whatever file managers leave beside it (`._x`, `.Trash`) is never looked at.
package struct PartSearch {
    /// Besides the directory of what was named, in this order; asked anew at each look, as media come and go.
    package typealias Places = () -> [HostPath]
    /// Told what is missing and in which files of these names no part fits; returns when it is time to look again, throws to
    /// give up.
    package typealias Waiting = (_ missing: [String], _ unfit: [HostPath]) throws -> Void

    let places: Places
    /// nil: what is missing is an error at once.
    let waiting: Waiting?

    package init(places: @escaping Places = { [] }, waiting: Waiting? = nil) {
        self.places = places
        self.waiting = waiting
    }

    /// What a person named: a file, or a list of parts.
    enum Found {
        case file(HostPath)
        case parts(list: HostPath, search: PartSearch)
    }

    /// A file is taken as it is, but a part and a list lead to the list, and a directory to the one bundle in it.
    func find(_ path: HostPath) throws -> Found {
        let status = (try? FileSystem.resolve(path)).flatMap { try? FileSystem.status($0) }
        if status?.kind == .directory { return try only(in: path) }
        if path.name.hasSuffix(PartList.suffix) {
            return parts(try list(named: path.name, beside: path) ?? path, beside: path)
        }
        guard let (whole, _) = PartList.number(in: path.name) else { return .file(path) }
        let name = PartList.name(of: whole)
        if let list = try list(named: name, beside: path) { return parts(list, beside: path) }
        guard status == nil || whole.hasSuffix(".bundle") || whole.hasSuffix(".bundle.age") else { return .file(path) }
        throw PartError.noList(list: name, looked: all(beside: path))
    }

    /// Parts lie beside what was named, too, wherever their list is.
    private func parts(_ list: HostPath, beside path: HostPath) -> Found {
        .parts(list: list, search: PartSearch(places: { [places] in [path.parent] + places() }, waiting: waiting))
    }

    /// Every directory that is looked into.
    func all(beside path: HostPath) -> [HostPath] {
        var found: [HostPath] = []
        for place in [path.parent] + places() where !found.contains(place) { found.append(place) }
        return found
    }

    private func list(named name: String, beside path: HostPath) throws -> HostPath? {
        while true {
            if let found = PartSearch.files(name, in: all(beside: path)).first { return found }
            guard let waiting else { return nil }
            try waiting([name], [])
        }
    }

    /// Regular files of a name, the same one once.
    static func files(_ name: String, in places: [HostPath]) -> [HostPath] {
        var seen: [(UInt64, UInt64)] = []
        return places.compactMap { place in
            let path = place / name
            guard let real = try? FileSystem.resolve(path), let status = try? FileSystem.status(real),
                status.kind == .file, !seen.contains(where: { $0 == (status.device, status.inode) })
            else { return nil }
            seen.append((status.device, status.inode))
            return path
        }
    }

    private func only(in directory: HostPath) throws -> Found {
        let names = try FileSystem.list(directory).filter { name in
            !name.hasPrefix(".") && [".bundle", ".bundle.age", PartList.suffix].contains { name.hasSuffix($0) }
        }
        guard let name = names.first else { throw PartError.noBundle(directory) }
        guard names.count == 1 else { throw PartError.severalBundles(directory, names: names) }
        return name.hasSuffix(PartList.suffix) ? .parts(list: directory / name, search: self) : .file(directory / name)
    }
}
