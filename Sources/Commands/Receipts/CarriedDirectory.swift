// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting
import Trust

/// What `receipts export` made of one host, somewhere on a disk or a stick: a directory with `audit.log`, `receipts/` and
/// `host.pub`. `/var/lib/bundle` itself is read the same.
struct CarriedDirectory {
    let path: HostPath
    /// For people: as it was named.
    var name: String { path.text }

    static let logName = "audit.log"
    static let receipts = "receipts"
    static let publicKey = "host.pub"
    /// Of all logs of one host: what was once put aside, and the one of today.
    private static let logsLimit = 1 << 30
    /// What is looked at of one receipt or signature; more is told as malformed.
    private static let fileLimit = Receipt.limit * 2

    /// The directory that is named, or each one in it that holds a host's: a stick is carried from host to host.
    /// - Throws: `PathNotThere`, `ReceiptsError.nothingThere`.
    static func find(_ path: HostPath) throws -> [CarriedDirectory] {
        if try isOne(path) { return [CarriedDirectory(path: path)] }
        guard try NamedPath.kind(path) == .directory else {
            throw ReceiptsError.nothingThere(path.text)
        }
        let below = try FileSystem.list(path).map { path / $0 }.filter { try isOne($0) }
        guard !below.isEmpty else { throw ReceiptsError.nothingThere(path.text) }
        return below.map(CarriedDirectory.init)
    }

    private static func isOne(_ path: HostPath) throws -> Bool {
        try FileSystem.status(path / receipts)?.kind == .directory
    }

    func read() throws -> CarriedReceipts {
        var carried = CarriedReceipts()
        let place = path / CarriedDirectory.receipts
        for name in try FileSystem.list(place) where !name.hasPrefix(".") {
            // Nothing but a plain file is opened: a stick is anyone's, and a pipe would wait for ever.
            guard let status = try FileSystem.status(place / name), status.kind == .file else { continue }
            carried.files[name] = try CarriedDirectory.begin(place / name)
        }
        var room = Int64(CarriedDirectory.logsLimit)
        for name in try FileSystem.list(path) where name.hasPrefix(CarriedDirectory.logName) {
            guard let status = try FileSystem.status(path / name), status.kind == .file else { continue }
            room -= status.size
            // One at a time, when it is its turn; what is more than a host writes is told as broken, unread.
            let limit = room >= 0 ? ChainedFile.limit : 0
            let place = path / name
            carried.openLogs[name] = { try FileSystem.readAll(place, limit: limit, followLinks: false) }
        }
        return carried
    }

    /// A file as far as it may be a receipt: of one that is longer, enough to see that.
    private static func begin(_ path: HostPath) throws -> [UInt8] {
        let file = try HostFile.openRegular(path, followLinks: false)
        var buffer = [UInt8](repeating: 0, count: fileLimit)
        var bytes: [UInt8] = []
        while bytes.count < fileLimit {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return Array(bytes.prefix(fileLimit))
    }
}

enum ReceiptsError: Error, Equatable {
    case nothingThere(String)
    case noReceipts
    case noDirectory(String)
    case nobodyBelieved
    case otherHistory(path: String, Int)
    case notReadBack(path: String)
    /// A link or a file where a directory of an export's is to be.
    case linked(path: String)
    /// The findings have been said; the worst decides.
    case findings(ReceiptFindings.Weight, faults: Int)
}

extension ReceiptsError: Explained {
    /// What makes a host's key one that counts.
    static let believing =
        "compare its words with the host's (`bundle key host` there), then `bundle trust create --host HOST.pub`; or "
        + "--pubkey, once more"

    var explanation: Explanation {
        switch self {
        case .nothingThere(let path):
            Explanation(
                "\(path): no receipts are there",
                hint: "name what `bundle receipts export` wrote, or the stick that it is on",
                status: .noSuchRelease)
        case .noDirectory(let path):
            Explanation(
                "\(path): no such directory", hint: "mount the stick there; or, if it is meant: `mkdir -p \(path)`")
        case .noReceipts:
            Explanation(
                "this host has no receipts yet",
                hint: "`bundle key host` makes its key; receipts begin with the next verb",
                status: .noSuchRelease)
        case .nobodyBelieved:
            Explanation(
                "no host's key is believed here, so nothing can be proven",
                hint:
                    "`--trust N.json` with host keys in role host, or `--pubkey host.pub`, which came another way than the stick",
                status: .refusedByTrust)
        case .otherHistory(let path, let number):
            Explanation(
                "\(path): holds another receipt \(number) of this host than the host does",
                hint: "one of the two was put there by someone: keep it, and export to another directory",
                status: .refusedByTrust)
        case .notReadBack(let path):
            Explanation("\(path): what was read back is not what was written", hint: "take another stick")
        case .linked(let path):
            Explanation(
                "\(path) is no directory, and links are not followed",
                hint: "take it away, or export to another directory")
        case .findings(.gap, let count):
            Explanation(
                "\(count) finding\(count == 1 ? "" : "s"): evidence is missing; what is there holds",
                hint: "ask on the host where it is", status: .drift)
        case .findings(.malformed, let count):
            Explanation(
                "\(count) finding\(count == 1 ? "" : "s"): what is there is damaged", hint: "export it again",
                status: .damaged)
        case .findings(.unknown, let count):
            Explanation(
                "\(count) finding\(count == 1 ? "" : "s"): not all of this is signed by a host's key that is believed here",
                hint: ReceiptsError.believing, status: .refusedByTrust)
        case .findings(.forgery, let count):
            Explanation(
                "\(count) finding\(count == 1 ? "" : "s"): not all of this is what the host signed",
                hint: "keep it as it is, and export again from the host", status: .refusedByTrust)
        }
    }
}
