// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// Puts parity files beside a copy that was proven.
struct MediumParity {
    private let program: ParityProgram
    private let percent: Int

    init(percent: Int) throws {
        program = try ParityProgram()
        self.percent = percent
    }

    /// About what they take on the medium, beside so many bytes.
    func room(for bytes: Int64) -> Int64 { bytes * Int64(percent) / 100 + bytes / 50 + 1 << 20 }

    /// - Parameters:
    ///   - whole: the bundle's name.
    ///   - names: it, or its list and parts.
    /// - Returns: their names.
    func put(_ whole: String, beside names: [String], in directory: HostPath) async throws -> [String] {
        let directory = try FileSystem.resolve(directory)
        let bytes = try names.reduce(Int64(0)) { try $0 + HostFile.openRegular(directory / $1).size() }
        let scratch = try HeldScratch.create(in: directory)
        defer { try? scratch.remove() }
        try await program.create(whole, of: names, in: directory, bytes: bytes, percent: percent, to: scratch.path)
        let made = try FileSystem.list(scratch.path).filter { ParityName.whole(of: $0) == whole }.sorted()
        for name in made {
            let file = try HostFile.open(scratch.path / name, .change, followLinks: false)
            let before = try Digest.of(file)
            try file.sync()
            try file.forgetCached()
            guard try Digest.of(HostFile.openRegular(scratch.path / name)) == before else {
                throw CopyError.notReadBack(directory / name)
            }
        }
        // Those of an older file of that name would mend it back.
        for name in try FileSystem.list(directory) where ParityName.whole(of: name) == whole {
            _ = try FileSystem.remove(directory / name)
        }
        for name in made { try FileSystem.rename(scratch.path / name, to: directory / name) }
        try FileSystem.syncDirectory(directory)
        return made
    }
}
