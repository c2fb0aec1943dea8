// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostSystem
import Trust

/// Mends a damaged copy by its parity files, and proves the outcome before it has a name: what mended it is not believed.
struct CopyRepair {
    let damaged: HostPath
    let directory: HostPath
    let trust: ReaderTrustOptions

    struct Outcome {
        let verified: VerifiedBundle
        let belief: Belief
        let target: HostPath
        let names: [String]
        /// Those of them that the parity files made anew.
        let mended: [String]
        let unreadable: [String: Int64]
    }

    /// - Throws: what is still wrong with the bundle when it could not be mended.
    func run(_ console: Console) async throws -> Outcome {
        let program = try ParityProgram()
        let salvage = try CopySalvage(damaged, places: trust.parts.partsIn.map { HostPath($0) })
        guard let place = try? FileSystem.resolve(directory), try FileSystem.status(place)?.kind == .directory else {
            throw CopyError.noDirectory(directory)
        }
        let bytes = try salvage.bytes()
        try demandRoom(bytes, in: place)
        let scratch = try HeldScratch.create(in: place)
        defer { try? scratch.remove() }
        let reading = ProgressLine(console: console, what: "reading what is left of \(salvage.whole)")
        var done: Int64 = 0
        let unreadable = try salvage.copy(to: scratch.path) {
            done += $0
            reading.show(done, bytes)
        }
        reading.end()
        for (name, lost) in unreadable.sorted(by: { $0.key < $1.key }) {
            console.warn("\(name): \(lost) bytes cannot be read")
        }
        let inodes = try CopyRepair.inodes(scratch.path)
        var proven = Result { try prove(salvage, scratch.path, console) }
        if case .failure(let fault) = proven {
            try CopyRepair.demandDamage(fault)
            if let fault = fault as? any Explained { console.warn(fault.explanation.message) }
            // Once more beside what is there: a file is mended into a new one.
            let free = try FileSystem.volume(place).freeBytes
            guard free >= bytes else { throw CopyError.noRoomToMend(place, needed: bytes, free: free) }
            console.say("mending \(salvage.whole)")
            if let words = try await program.repair(salvage.whole, in: scratch.path, bytes: bytes) {
                console.warn("par2 could not mend it: \(words)")
            }
            proven = Result { try prove(salvage, scratch.path, console) }
        }
        let (verified, belief) = try proven.get()
        let names = verified.head.carrierNames
        let after = try CopyRepair.inodes(scratch.path)
        for name in names { try FileSystem.rename(scratch.path / name, to: place / name) }
        try FileSystem.syncDirectory(place)
        return Outcome(
            verified: verified, belief: belief, target: directory / verified.head.mediumPath.name, names: names,
            mended: names.filter { after[$0] != inodes[$0] }, unreadable: unreadable)
    }

    private func demandRoom(_ bytes: Int64, in place: HostPath) throws {
        let free = try FileSystem.volume(place).freeBytes
        guard bytes <= free else { throw CopyError.noRoomToMend(place, needed: bytes, free: free) }
    }

    /// Whole, off the medium, and with nothing but what is there.
    private func prove(_ salvage: CopySalvage, _ scratch: HostPath, _ console: Console) throws -> (
        VerifiedBundle, Belief
    ) {
        let path = try salvage.carrier(in: scratch)
        guard try FileSystem.exists(path) else { throw CopyError.lost(name: path.name) }
        for name in try FileSystem.list(scratch) where ParityName.isCovered(name, of: salvage.whole) {
            let file = try HostFile.openRegular(scratch / name, followLinks: false)
            try file.sync()
            try file.forgetCached()
        }
        do {
            let (head, belief) = try trust.prove(path.text, console: console, search: PartSearch())
            try HeadAlone.refuse(head, path: path.text)
            let line = ProgressLine(console: console, what: "proving \(head.identity)")
            let verified = try FileFault.naming(path.text) { try head.verifyBody { line.show($0, $1) } }
            line.end()
            return (verified, belief)
        } catch let fault as any Explained where !(fault is ReaderTrustError) {
            throw RepairFault(fault, in: scratch)
        }
    }

    /// What has other reasons than damage is not for parity: nobody believed, a stranger's signature on a whole head, Ctrl-C.
    private static func demandDamage(_ fault: any Error) throws {
        if fault is CancellationError || fault is ReaderTrustError { throw fault }
    }

    private static func inodes(_ directory: HostPath) throws -> [String: UInt64] {
        var found: [String: UInt64] = [:]
        for name in try FileSystem.list(directory) { found[name] = try FileSystem.status(directory / name)?.inode }
        return found
    }
}

/// What is wrong with a copy, said of its own files: the scratch that they were proven in is gone when it is read.
struct RepairFault: Error, Explained {
    let explanation: Explanation

    init(_ fault: any Explained, in scratch: HostPath) {
        var explanation = fault.explanation
        explanation.message.replace("\(scratch)/", with: "")
        explanation.message.replace(" in \(scratch)", with: "")
        self.explanation = explanation
    }
}
